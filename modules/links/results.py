"""What the leaving page shows."""

from dataclasses import dataclass

from core import Sentence


@dataclass(frozen=True)
class LeavingPage:
    """A link before it leads away: its address, where it ends if others stand between, the host there, what is odd.

    `words` are those of the link in the message.
    """

    address: str
    final: str
    host: str
    odd: tuple[Sentence, ...]
    words: str
