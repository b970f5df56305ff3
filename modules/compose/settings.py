"""What an admin bounds of composing, and how a user likes to write."""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from core import Count, Line, Size, Text, option, setting
from modules.compose.results import BodyFormat, ComposeLimits


class FileCount(Count):
    """How many files a message may hold."""

    __slots__ = ()
    least: ClassVar[int] = 1
    most: ClassVar[int] = 1000


class Signature(Text):
    """What stands below a message."""

    __slots__ = ()
    longest: ClassVar[int] = 4000


class SenderName(Line):
    """The name that stands before one's address."""

    __slots__ = ()
    longest: ClassVar[int] = 200


class UndoTime(Enum):
    """How long a message is held back after Send."""

    NOT = "0"
    SHORT = "5"
    USUAL = "10"
    LONG = "30"

    @property
    def label(self) -> str:
        """What people read."""
        return "Not at all" if self is UndoTime.NOT else f"{self.value} seconds"


@dataclass(frozen=True)
class ComposeConfig:
    """Writing and sending mail."""

    largest_attachment: Size = option(Size(25_000_000), help="The largest file that a message may hold.")
    largest_message: Size = option(
        Size(35_000_000),
        help="The largest message that may be sent, with its files encoded, which makes them a third larger.",
    )
    most_attachments: FileCount = option(FileCount(100), help="How many files a message may hold.")
    domain: Line | None = option(
        None, help="The domain of users' addresses, where they log in with a name that has no @ in it."
    )

    @property
    def limits(self) -> ComposeLimits:
        """The bounds as the compose page tells them."""
        return ComposeLimits(int(self.largest_attachment), int(self.largest_message), int(self.most_attachments))


@dataclass(frozen=True)
class ComposeSettings:
    """Writing."""

    name: SenderName = setting(
        SenderName(""), label="Your name", help="It stands before your address in what you send."
    )
    signature: Signature = setting(Signature(""), label="Signature", help="It stands below what you write.")
    format: BodyFormat = setting(BodyFormat.PLAIN, label="Write as")
    undo: UndoTime = setting(UndoTime.USUAL, label="Hold a message back after Send, to undo it")
    receipts: bool = setting(
        False, label="Ask for a receipt", help="Whoever reads your message may then tell you, or not."
    )
