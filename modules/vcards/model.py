"""What contact cards say (RFC 6350, RFC 2426, vCard 2.1), as far as people look at it."""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum


class Use(Enum):
    """What an address or a number is for."""

    HOME = "HOME"
    WORK = "WORK"
    MOBILE = "CELL"
    FAX = "FAX"
    PAGER = "PAGER"


class LeftOut(Enum):
    """What a card may hold that is not shown, and never fetched where it is elsewhere."""

    PICTURE = "picture"
    SOUND = "sound"
    KEY = "key"


@dataclass(frozen=True)
class Entry:
    """One value, what it is for, and what its owner calls it."""

    value: str
    uses: tuple[Use, ...] = ()
    label: str = ""


@dataclass(frozen=True)
class Birthday:
    """A day, of every year where its year is not told; what is no day is only as it was written."""

    day: date | None = None
    yearly: bool = False
    written: str = ""


@dataclass(frozen=True)
class Contact:
    """One card. Of all its values some `more` are not shown, and some `unread` lines could not be read."""

    name: str = ""
    organisation: str = ""
    titles: tuple[str, ...] = ()
    emails: tuple[Entry, ...] = ()
    phones: tuple[Entry, ...] = ()
    places: tuple[Entry, ...] = ()
    webs: tuple[Entry, ...] = ()
    birthday: Birthday | None = None
    note: str = ""
    left_out: frozenset[LeftOut] = field(default_factory=frozenset)
    more: int = 0
    unread: int = 0
    torn: bool = False


@dataclass(frozen=True)
class CardFile:
    """The cards of a file, without some `more` of them; one that is `cut` is longer than what was read."""

    cards: tuple[Contact, ...] = ()
    more: int = 0
    cut: bool = False
