"""Read calendar parts apart from the site: their octets are a stranger's, and so is what a parser makes of them."""

import json
from pathlib import Path

from core import apart
from modules.invitations.model import Calendar, calendar_of

PROGRAM = Path(__file__).resolve().parent / "ics.py"
LONGEST = 6.0  # seconds of the clock
WORK = 4  # seconds of the processor
MEMORY = 384 * 1024 * 1024
LARGEST = 4_000_000


def read_apart(octets: bytes) -> Calendar | None:
    """The calendar in these octets; None where there is none that can be read."""
    folders = apart.packages_of("icalendar")
    program = apart.Program(PROGRAM, (), folders, LONGEST, memory=MEMORY, work=WORK, most_output=LARGEST)
    try:
        told = json.loads(apart.run_apart(program, octets))
    except (apart.Broken, ValueError):
        return None
    return calendar_of(told) if isinstance(told, dict) else None
