"""Who takes an answer slowly: each holds a thread, and some make way where no thread is left for anybody else."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

log = logging.getLogger("hm3.serve")

# Who takes longer for a piece may have to make way, in seconds.
SLOW = 3.0


class Taker(Protocol):
    """A connection on which an answer is taken."""

    def give_up(self) -> None:
        """End it, also while somebody waits to send more."""


class Takers:
    """Connections whose answers wait to be taken, each with the moment since which the same piece waits.

    Threads come and go here, and whoever makes way looks at it between.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[Taker, float] = {}

    @contextmanager
    def waiting(self, taker: Taker) -> Iterator[None]:
        """Note that a piece waits for this one, within the block."""
        self._since[taker] = self._clock()
        try:
            yield
        finally:
            del self._since[taker]

    def make_way(self, most: int) -> None:
        """Give up those who take longest for a piece, and too long, until so many are left."""
        now = self._clock()
        waiting = sorted(self._since.copy().items(), key=lambda one: one[1])
        over = [taker for taker, since in waiting[: max(0, len(waiting) - most)] if now - since >= SLOW]
        for taker in over:
            taker.give_up()
        if over:
            log.warning("%d slow downloads were given up: they held threads, of which none was left", len(over))
