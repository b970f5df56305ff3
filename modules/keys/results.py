"""What is shown of a user's keys."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WaysToKeys:
    """Which ways to what is stored have to be set up again since the key was renewed, and whether it can be renewed."""

    code_gone: bool
    others_gone: int
    is_open: bool


@dataclass(frozen=True)
class RenewalForm:
    """The form that renews a user's key, and what will have to be set up again."""

    has_code: bool
    others: int
