"""What is found out about the contact cards of a message."""

from dataclasses import dataclass

from core import Sentence
from modules.mail.api import JudgedLink
from modules.vcards.model import Contact, Entry


@dataclass(frozen=True)
class Email:
    """An address, whom it can be written to as, which is nothing where that is no address, and what is odd about it."""

    entry: Entry
    to: str
    doubt: Sentence | None = None


@dataclass(frozen=True)
class Reached:
    """A value with where its link leads, and what is odd about that."""

    entry: Entry
    link: JudgedLink


@dataclass(frozen=True)
class JudgedCard:
    """One card, with its addresses and links looked at."""

    contact: Contact
    emails: tuple[Email, ...]
    phones: tuple[Reached, ...]
    webs: tuple[Reached, ...]


@dataclass(frozen=True)
class JudgedFile:
    """One file of cards, of which there may be `more`, and where it is saved from; without cards it cannot be read."""

    path: str
    cards: tuple[JudgedCard, ...]
    more: int
    cut: bool


@dataclass(frozen=True)
class ContactCards:
    """The contact cards of a message; of its files `unlooked` were not read."""

    files: tuple[JudgedFile, ...]
    unlooked: int = 0
