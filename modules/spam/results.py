"""What handlers of spam find out."""

from dataclasses import dataclass

from core import Sentence, Undo


@dataclass(frozen=True)
class Sifted:
    """What looking through new mail did: how many messages were moved, whether there is more, and how to undo it."""

    moved: int = 0
    more: bool = False
    text: str = ""
    undo: Undo | None = None


@dataclass(frozen=True)
class Explained:
    """What is said of the open message: why it was moved, or why it looks like spam."""

    why: Sentence | None = None
    moved: bool = False
    reasons: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Opinion:
    """What the mail server's filter says of the open message."""

    text: Sentence


@dataclass(frozen=True)
class Blockable:
    """The way to block the sender of the open message."""

    path: str


@dataclass(frozen=True)
class Blocking:
    """The page that asks whom to block."""

    path: str
    message_path: str
    subject: str
    address: str
    domain: str
    blocked: bool = False
    domain_blocked: bool = False


@dataclass(frozen=True)
class Changed:
    """What scripts learn after somebody was blocked or no longer."""

    text: str
    undo: Undo | None = None
