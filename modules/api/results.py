"""What programs are told, and what the page of a link shows."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Lent:
    """A token that stands for a session until it ends."""

    token: str = field(repr=False)
    ends: datetime


@dataclass(frozen=True)
class MadeLink:
    """A link that logs a browser in once, until it ends."""

    link: str = field(repr=False)
    ends: datetime


@dataclass(frozen=True)
class LinkShown:
    """Whom a link logs in, and who is logged in already, if anybody."""

    token: str = field(repr=False)
    name: str
    present: str


@dataclass(frozen=True)
class Ended:
    """The session has ended."""

    ended: bool = True
