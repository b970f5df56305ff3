"""Who may say that a message is likely not from whom it says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SenderDoubt:
    """Tells of a message with this header block, which came at that time, whether it may not be from whom it says.

    Modules offer these as services. Where one of them doubts, what a reader allowed a sender does not count.
    """

    doubts: Callable[[bytes, datetime], bool]
