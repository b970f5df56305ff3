"""What trust finds out about a message: doubts in words, and what mail servers found."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from core import Sentence


class Weight(Enum):
    """How much a doubt weighs: a fact to know, a reason to be careful, a likely lie."""

    NOTE = "note"
    CAREFUL = "warn"
    DANGER = "danger"


@dataclass(frozen=True)
class Doubt:
    """What is not as it seems, and why that is so."""

    weight: Weight
    what: Sentence
    why: Sentence


def heaviest_first(doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
    """Doubts in the order in which they are told."""
    order = (Weight.DANGER, Weight.CAREFUL, Weight.NOTE)
    return tuple(sorted(doubts, key=lambda doubt: order.index(doubt.weight)))


@dataclass(frozen=True)
class Check:
    """One check of a mail server in words: its usual name, how it ended, what it is about, the server's own reason."""

    name: str
    ended: Sentence
    about: Sentence
    reason: str = ""
    good: bool = False


@dataclass(frozen=True)
class SenderTruth:
    """What the header of the open message tells of its sender.

    `confirmed` is the sender's domain where a believed server found that it stands by the message. `checks` are that
    server's findings; without any, `unchecked` says why.
    """

    address: str
    doubts: tuple[Doubt, ...] = ()
    server: str = ""
    checks: tuple[Check, ...] = ()
    confirmed: str = ""
    unchecked: Sentence | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether the sender is likely not who they say they are."""
        return any(doubt.weight is Weight.DANGER for doubt in self.doubts)


@dataclass(frozen=True)
class Acquaintance:
    """What is remembered of the sender of the open message: whether it is their first here, and whom they look like."""

    first: bool = False
    doubts: tuple[Doubt, ...] = ()
