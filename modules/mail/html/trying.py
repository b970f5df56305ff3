"""Try in a process of its own whether HTML can be parsed within bounds of time and memory."""

from pathlib import Path

from core import apart

PROGRAM = Path(__file__).resolve().parent / "trial.py"
_SECONDS = 6.0  # of the clock; the process bounds the seconds of its own work


def parses_well(html: str) -> bool:
    """Whether the parser comes to its end, and makes no more of the text than it may."""
    program = apart.Program(PROGRAM, packages=apart.packages_of("nh3"), seconds=_SECONDS, most_output=1000)
    try:
        return apart.run_apart(program, html.encode("utf-8", "replace")) == b"well\n"
    except apart.Broken:
        return False
