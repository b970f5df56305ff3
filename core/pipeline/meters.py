"""Where the time of requests goes: each measures its steps and what it waits for, where an admin wants to know."""

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from operator import itemgetter

from core.database.engine import Database
from core.ini.schema import option

KEPT_A_PAGE = 200
IMAP, SQL, RENDER = "imap", "sql", "render"
# The permission of the module that shows it.
SEES_TIMES = "timing.see"


@dataclass(frozen=True)
class TimingConfig:
    """Whom pages tell where their time went."""

    everyone: bool = option(
        False,
        help="Tell it to the browser of every user, for measurements. Without it only those with the permission "
        "timing.see learn it.",
    )


@dataclass(frozen=True)
class Measured:
    """One answered request: its milliseconds, and how long and how often it was busy with what.

    What is named may lie within another: a handler's time holds that of the mail server it asked.
    """

    took: float
    times: dict[str, float]
    counts: dict[str, int]


@dataclass
class Meter:
    """What a request that is being answered measures."""

    began: float = field(default_factory=time.perf_counter)
    times: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    statement: float = 0.0

    def add(self, name: str, seconds: float, count: int = 1) -> None:
        """Add to a time and to how often."""
        times, counts = self.times, self.counts
        if name in times:
            times[name] += seconds * 1000
            counts[name] += count
        else:
            times[name], counts[name] = seconds * 1000, count

    def measured(self) -> Measured:
        """What was measured so far."""
        return Measured((time.perf_counter() - self.began) * 1000, dict(self.times), dict(self.counts))


class _Now(threading.local):
    """The meter of each thread's request."""

    meter: Meter | None = None


class Meters:
    """The meters of a process's requests, and the latest of what each page took. Off until `switch_on`."""

    def __init__(self) -> None:
        self._on = False
        self._lock = threading.Lock()
        self._now = _Now()
        self._pages: dict[str, deque[Measured]] = {}

    @property
    def now(self) -> Meter | None:
        """What the request measures that this thread answers; None where nothing is measured."""
        return self._now.meter

    def switch_on(self, database: Database | None = None) -> None:
        """Measure from now on, the statements of a database too."""
        self._on = True
        if database is not None:
            database.watch(self._begin_statement, self._end_statement)

    def request(self) -> "Watched":
        """Measure what this thread does within the block; None where nothing is measured."""
        return Watched(self._now, Meter() if self._on else None)

    def time(self, name: str, count: int = 1) -> "Timed":
        """Add the block's time to the request that this thread answers."""
        return Timed(self._now.meter, name, count)

    def add(self, name: str, seconds: float, count: int) -> None:
        """Add what was measured elsewhere to the request that this thread answers."""
        if (meter := self._now.meter) is not None:
            meter.add(name, seconds, count)

    def keep(self, page: str, measured: Measured) -> None:
        """Remember what a page took, the last 200 times of each."""
        with self._lock:
            self._pages.setdefault(page, deque(maxlen=KEPT_A_PAGE)).append(measured)

    def pages(self) -> dict[str, tuple[Measured, ...]]:
        """What each page took of late, the oldest first."""
        with self._lock:
            return {page: tuple(measured) for page, measured in self._pages.items()}

    def _begin_statement(self, statement: str) -> None:
        if (meter := self._now.meter) is not None:
            meter.statement = time.perf_counter()

    def _end_statement(self) -> None:
        if (meter := self._now.meter) is not None:
            meter.add(SQL, time.perf_counter() - meter.statement)


class Watched:
    """A block that is a thread's request, and what it measures."""

    __slots__ = ("_meter", "_now")

    def __init__(self, now: _Now, meter: Meter | None) -> None:
        self._now = now
        self._meter = meter

    def __enter__(self) -> Meter | None:
        self._now.meter = self._meter
        return self._meter

    def __exit__(self, *_: object) -> None:
        self._now.meter = None


class Timed:
    """A block whose time is added to a meter, where there is one. Every step of a request is one."""

    __slots__ = ("_began", "_count", "_meter", "_name")

    def __init__(self, meter: Meter | None, name: str, count: int) -> None:
        self._meter = meter
        self._name = name
        self._count = count

    def __enter__(self) -> None:
        if self._meter is not None:
            self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        if self._meter is not None:
            self._meter.add(self._name, time.perf_counter() - self._began, self._count)


def server_timing(measured: Measured) -> str:
    """The header that browsers show beside their own times (W3C Server Timing), in milliseconds."""
    told = f"total;dur={measured.took:.1f}"
    for name, took in sorted(measured.times.items(), key=itemgetter(1), reverse=True):
        count = measured.counts[name]
        times = f';desc="{count}"' if count > 1 or name in (IMAP, SQL, RENDER) else ""
        told += f", {name};dur={took:.1f}{times}"
    return told
