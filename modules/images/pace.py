"""How much the site fetches at once and for whom, so that no message keeps it from serving others."""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core import Sentence, TooMany
from modules.images.errors import NotShown

MINUTE = 60.0
# A server that does not answer in time is not waited for again so soon.
SHUNNED_FOR = 60.0
MOST_SHUNNED = 1000
MOST_USERS = 10_000


class Pace:
    """Bounds by user: images in a minute, and images at once; of those few are fetched and the others wait."""

    def __init__(
        self, per_minute: int, at_once: int, waiting: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_minute = per_minute
        self._at_once = at_once
        self._waiting = waiting
        self._clock = clock
        self._changed = threading.Condition()
        self._begun: OrderedDict[str, deque[float]] = OrderedDict()
        self._fetching: dict[str, int] = {}
        self._admitted: dict[str, int] = {}
        self._shunned: OrderedDict[str, float] = OrderedDict()

    @contextmanager
    def turn(self, user: str) -> Iterator[None]:
        """Wait for one's turn to fetch. Raises TooMany where too much was asked for already."""
        with self._changed:
            self._count(user)
            self._admitted[user] = self._admitted.get(user, 0) + 1
            try:
                self._changed.wait_for(lambda: self._fetching.get(user, 0) < self._at_once)
            except BaseException:
                _less(self._admitted, user)
                raise
            self._fetching[user] = self._fetching.get(user, 0) + 1
        try:
            yield
        finally:
            with self._changed:
                _less(self._fetching, user)
                _less(self._admitted, user)
                self._changed.notify_all()

    def check(self, host: str) -> None:
        """Raise NotShown for a host that let others wait in vain a moment ago."""
        with self._changed:
            if self._clock() < self._shunned.get(host, 0.0):
                raise NotShown("the server did not answer a moment ago")

    def shun(self, host: str) -> None:
        """Do not wait for a host again for a while."""
        with self._changed:
            self._shunned[host] = self._clock() + SHUNNED_FOR
            self._shunned.move_to_end(host)
            while len(self._shunned) > MOST_SHUNNED:
                self._shunned.popitem(last=False)

    def _count(self, user: str) -> None:
        now = self._clock()
        begun = self._begun.setdefault(user, deque())
        self._begun.move_to_end(user)
        while len(self._begun) > MOST_USERS:
            self._begun.popitem(last=False)
        while begun and now - begun[0] >= MINUTE:
            begun.popleft()
        if len(begun) >= self._per_minute or self._admitted.get(user, 0) >= self._at_once + self._waiting:
            raise TooMany(Sentence("Too many images are asked for at once. Please try again in a minute."))
        begun.append(now)


def _less(counts: dict[str, int], user: str) -> None:
    counts[user] -= 1
    if not counts[user]:
        del counts[user]
