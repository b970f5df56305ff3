"""What throttle shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class UnlockForm:
    """The form by which owners unlock their own name."""


@dataclass(frozen=True)
class Unlocked:
    """The name can be used again."""
