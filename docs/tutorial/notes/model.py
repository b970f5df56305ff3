"""What a note is."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from core import Sentence, Text
from modules.mail.api import EmailAddress


class NoteText(Text):
    """What a note says: at least one word, at most 2000 characters."""

    __slots__ = ()
    longest: ClassVar[int] = 2000

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the field's name."""
        words = super().parse(text.strip())
        if not words:
            raise ValueError(Sentence("is empty"))
        return words


@dataclass(frozen=True)
class Note:
    """What a user wrote down about one person, and when."""

    about: EmailAddress
    text: str
    written: datetime


@dataclass(frozen=True)
class NotesPage:
    """All notes of a user, the newest first, and about whom the form begins a new one."""

    notes: tuple[Note, ...]
    about: str


@dataclass(frozen=True)
class SenderNote:
    """Who wrote the open message, and what the user wrote down about them, if anything."""

    about: EmailAddress
    text: str
