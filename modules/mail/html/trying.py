"""Try in a process of its own whether HTML can be parsed within bounds of time and memory."""

from pathlib import Path

from core import apart

PROGRAM = Path(__file__).resolve().parent / "trial.py"
_SECONDS = 6.0  # of the clock
_WORK = 2  # seconds of the processor
_MEMORY = 512 * 1024 * 1024


def parses_well(html: str) -> bool:
    """Whether the parser comes to its end, and makes no more of the text than it may."""
    folders = apart.packages_of("nh3")
    program = apart.Program(PROGRAM, (), folders, _SECONDS, memory=_MEMORY, work=_WORK, most_output=1000)
    try:
        return apart.run_apart(program, html.encode("utf-8", "replace")) == b"well\n"
    except apart.Broken:
        return False
