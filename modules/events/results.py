"""What the handler of events tells its output."""

from collections.abc import Callable
from dataclasses import dataclass, field

from core import Outlet


@dataclass(frozen=True)
class Listening:
    """A tab that listens from now on: who goes on with its connection."""

    join: Callable[[Outlet], None] = field(repr=False)
