"""What is found out about the calendar parts of a message."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from modules.invitations.model import Calendar


@dataclass(frozen=True)
class Card:
    """A calendar part: what it says, or None where that cannot be read, and where it is saved from."""

    calendar: Calendar | None
    path: str


@dataclass(frozen=True)
class Invitations:
    """The calendar parts of a message, and the zone of who reads it."""

    cards: tuple[Card, ...]
    zone: ZoneInfo
