"""The counts of flask-limiter, in memory: the moments of late requests, dropped while others are counted."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field

from limits.storage import MemoryStorage

SCHEME = "hm3-memory"
_SWEEP = 60.0


@dataclass
class _Window:
    """When one visitor asked, the earliest first, and for how many seconds that counts."""

    lasts: float
    moments: deque[float] = field(default_factory=deque)

    def begin_at(self, moment: float) -> None:
        """Forget what is before."""
        while self.moments and self.moments[0] < moment:
            self.moments.popleft()


class WindowStorage(MemoryStorage):
    """Moving windows as the storage of `limits` counts them, without its thread for what is over.

    That one begins a thread at almost every request, and moves all that is counted with each.
    """

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - as limits declares it

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: str) -> None:
        self._lock = threading.Lock()
        self._windows: dict[str, _Window] = {}
        self._swept = time.time()
        super().__init__(uri, wrap_exceptions, **options)

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` requests, unless there were as many as `limit` within the last `expiry` seconds."""
        now = time.time()
        with self._lock:
            self._sweep(now)
            window = self._windows.setdefault(key, _Window(expiry))
            window.begin_at(now - expiry)
            if len(window.moments) + amount > limit:
                return False
            window.moments.extend([now] * amount)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the window begins, and how many requests are in it."""
        now = time.time()
        with self._lock:
            window = self._windows.get(key)
            if window is None:
                return now, 0
            window.begin_at(now - expiry)
            return (window.moments[0] if window.moments else now), len(window.moments)

    def clear(self, key: str) -> None:
        """Forget one visitor."""
        with self._lock:
            self._windows.pop(key, None)
        super().clear(key)

    def reset(self) -> int:
        """Forget all; the number of visitors."""
        with self._lock:
            known = len(self._windows)
            self._windows.clear()
        super().reset()
        return known

    def _sweep(self, now: float) -> None:
        """Forget those of whom nothing counts any more, now and then."""
        if now - self._swept < _SWEEP:
            return
        self._swept = now
        over = [key for key, one in self._windows.items() if not one.moments or one.moments[-1] < now - one.lasts]
        for key in over:
            del self._windows[key]
