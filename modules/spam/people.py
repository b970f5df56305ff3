"""People whose mail is never moved."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class KnownPeople:
    """Tells whether the user knows an address, such as one they wrote to. Modules offer these as services."""

    knows: Callable[[str], bool]
