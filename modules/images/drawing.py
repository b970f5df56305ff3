"""Have an image drawn anew by a process that can do nothing else."""

from dataclasses import dataclass
from pathlib import Path

from core import apart
from modules.images.errors import NotShown

PROGRAM = Path(__file__).resolve().parent / "redrawing.py"
TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
LARGEST = 40_000_000
LONGEST = 12.0  # seconds of the clock
WORK = 10  # seconds of the processor
MEMORY = 768 * 1024 * 1024


@dataclass(frozen=True)
class Picture:
    """What browsers get: an image that was drawn anew, or this site's own in place of one."""

    media_type: str
    octets: bytes


def redraw_apart(octets: bytes) -> Picture:
    """The image in these octets, drawn anew. Raises NotShown where there is none, or none that may be shown."""
    folders = apart.packages_of("PIL")
    program = apart.Program(PROGRAM, (), folders, LONGEST, memory=MEMORY, work=WORK, most_output=LARGEST)
    try:
        told = apart.run_apart(program, octets)
    except apart.Broken as error:
        raise NotShown(f"the image cannot be drawn: {error}") from error
    media_type, _, drawn = told.partition(b"\n")
    kind = media_type.decode("ascii", "replace")
    if kind not in TYPES or not drawn:
        raise NotShown("the image was drawn in no way that browsers know")
    return Picture(kind, drawn)
