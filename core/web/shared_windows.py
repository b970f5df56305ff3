"""The counts of flask-limiter for several processes: moving windows in memory that all of them see, and of one size."""

import hashlib
import mmap
import secrets
import struct
import time
from collections.abc import Iterable, Iterator
from typing import Any

from limits import parse_many

from core.between import ProcessLock
from core.errors import ConfigError
from core.ini.rates import RatesConfig
from core.web.windows import WindowStorage

SCHEME = "hm3-shared"
# More in a window than this is counted for one process alone.
MOST = 10_000
_MOST_VISITORS, _MOST_OCTETS = 65_536, 128_000_000
# Each visitor has a few slots to be in; who was counted longest ago leaves where all are taken.
_WAYS = 16
_NAME = 16
_HEAD = struct.Struct(f"={_NAME}sQd")
_MOMENT = struct.Struct("=d")
_NOBODY = bytes(_NAME)


class SharedCounts:
    """When visitors asked of late, for each bound as many moments as it allows. Made before the processes part."""

    def __init__(self, bounds: Iterable[int], most: int = _MOST_VISITORS) -> None:
        self._lock = ProcessLock()
        self._key = secrets.token_bytes(32)
        self._tables = {bound: _Table(bound, most) for bound in set(bounds)}

    @classmethod
    def of(cls, rates: RatesConfig) -> "SharedCounts":
        """For the bounds of hm3.ini. Raises ConfigError where one is too large to be counted together."""
        bounds: set[int] = set()
        for name, text in vars(rates).items():
            bounds |= {bound.amount for bound in parse_many(text)}
            if max(bounds) > MOST:
                raise ConfigError(
                    f"[rates] {name}: {text} is more than several workers count together. Name a bound of at most "
                    f"{MOST:,} in a shorter time, or say [app] workers = 1."
                )
        return cls(bounds)

    def acquire(self, key: str, bound: int, lasts: float, amount: int) -> bool:
        """Count `amount` requests, unless there would be more than `bound` within the last `lasts` seconds."""
        now, name, table = time.time(), self._name(key), self._tables[bound]
        with self._lock.hold():
            return amount <= bound and table.add(name, now, now - lasts, amount)

    def window(self, key: str, bound: int, lasts: float) -> tuple[float, int]:
        """When the window begins, and how many requests are in it."""
        now, name, table = time.time(), self._name(key), self._tables[bound]
        with self._lock.hold():
            moments = [moment for moment in table.moments(name) if moment >= now - lasts]
        return min(moments, default=now), len(moments)

    def clear(self, key: str) -> None:
        """Forget one visitor."""
        name = self._name(key)
        with self._lock.hold():
            for table in self._tables.values():
                table.forget(name)

    def reset(self) -> int:
        """Forget all; the number of visitors."""
        with self._lock.hold():
            return sum(table.forget_all() for table in self._tables.values())

    def _name(self, key: str) -> bytes:
        # Nobody outside knows who shares slots with whom.
        return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=_NAME, key=self._key).digest()


class _Table:
    """Slots of one size: a name, where the next moment goes, the latest moment, and a ring of them.

    A process that is killed between two writes leaves one moment uncounted, and nothing worse.
    """

    def __init__(self, bound: int, most: int) -> None:
        self._bound = bound
        self._size = _HEAD.size + bound * _MOMENT.size
        self._sets = max(1, min(most, _MOST_OCTETS // self._size) // _WAYS)
        # What nobody wrote to takes no memory.
        self._octets = mmap.mmap(-1, self._sets * _WAYS * self._size)

    def add(self, name: bytes, now: float, begins: float, amount: int) -> bool:
        slot = self._find(name)
        if slot is None:
            slot = self._take(name)
        _, place, _ = _HEAD.unpack_from(self._octets, slot)
        # The ring holds as many as are allowed: the oldest of them have to be over.
        if self._moment(slot, (place + amount - 1) % self._bound) >= begins:
            return False
        for step in range(amount):
            _MOMENT.pack_into(self._octets, self._where(slot, (place + step) % self._bound), now)
        _HEAD.pack_into(self._octets, slot, name, (place + amount) % self._bound, now)
        return True

    def moments(self, name: bytes) -> Iterator[float]:
        slot = self._find(name)
        if slot is not None:
            yield from (self._moment(slot, place) for place in range(self._bound))

    def forget(self, name: bytes) -> bool:
        slot = self._find(name)
        if slot is not None:
            self._wipe(slot)
        return slot is not None

    def forget_all(self) -> int:
        taken = [slot for slot in range(0, len(self._octets), self._size) if self._named(slot) != _NOBODY]
        for slot in taken:
            self._wipe(slot)
        return len(taken)

    def _find(self, name: bytes) -> int | None:
        return next((slot for slot in self._slots(name) if self._named(slot) == name), None)

    def _take(self, name: bytes) -> int:
        """A free slot, or that of whoever asked longest ago."""
        slot = min(self._slots(name), key=lambda one: _HEAD.unpack_from(self._octets, one)[2])
        if self._named(slot) != _NOBODY:
            self._wipe(slot)
        return slot

    def _slots(self, name: bytes) -> range:
        first = int.from_bytes(name[:8], "big") % self._sets * _WAYS * self._size
        return range(first, first + _WAYS * self._size, self._size)

    def _named(self, slot: int) -> bytes:
        return self._octets[slot : slot + _NAME]

    def _wipe(self, slot: int) -> None:
        self._octets[slot : slot + self._size] = bytes(self._size)

    def _moment(self, slot: int, place: int) -> float:
        moment: float = _MOMENT.unpack_from(self._octets, self._where(slot, place))[0]
        return moment

    @staticmethod
    def _where(slot: int, place: int) -> int:
        return slot + _HEAD.size + place * _MOMENT.size


class SharedWindowStorage(WindowStorage):
    """Moving windows as the storage of `limits` counts them, in `counts`."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - as limits declares it

    # Any: limits types its options as texts; flask-limiter hands on what it is given.
    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, *, counts: Any, **options: str) -> None:
        self._counts: SharedCounts = counts
        super().__init__(uri, wrap_exceptions, **options)

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` requests, unless there were as many as `limit` within the last `expiry` seconds."""
        return self._counts.acquire(key, limit, expiry, amount)

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the window begins, and how many requests are in it."""
        return self._counts.window(key, limit, expiry)

    def clear(self, key: str) -> None:
        """Forget one visitor."""
        self._counts.clear(key)

    def reset(self) -> int:
        """Forget all; the number of visitors."""
        return self._counts.reset()
