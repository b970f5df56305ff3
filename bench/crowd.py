"""Many users at once: each lists, opens, lists and stars, and so do bare connections for comparison."""

import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.bare import BareFailed, BareImap
from bench.browser import Browser, PageFailed
from bench.house import Login, Served, Smtp
from bench.measure import cpu_of, memory_of, percentile
from bench.sides import Bench
from bench.work import bare_flag, bare_list, bare_open, flag, list_newest, open_message
from core.errors import WebmailError

SIZE = 2000
SECONDS = 10.0

Step = Callable[[Bench, int], object]
_HM3: tuple[tuple[str, Step, int], ...] = (
    ("list", list_newest, 1),
    ("open", lambda bench, number: open_message(bench, bench.a_plain(number)), 1),
    ("list", list_newest, 1),
    ("flag", flag, 1),
)
_BARE: tuple[tuple[str, Step, int], ...] = (
    ("list", bare_list, 1),
    ("open", lambda bench, number: bare_open(bench, bench.a_plain(number)), 2),
    ("list", bare_list, 1),
    ("flag", bare_flag, 1),
)


@dataclass
class CrowdFigures:
    """What so many users got at once: requests a second, the milliseconds of each kind of work, and what it cost."""

    users: int
    seconds: float = 0.0
    requests: int = 0
    errors: int = 0
    took: dict[str, list[float]] = field(default_factory=lambda: {"list": [], "open": [], "flag": []})
    bare_requests: int = 0
    bare_seconds: float = 0.0
    cpu: float = 0.0
    memory: int = 0
    memory_a_user: float = 0.0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds

    @property
    def bare_rate(self) -> float:
        """The bare side's requests a second."""
        return self.bare_requests / self.bare_seconds

    def median(self, name: str) -> float:
        """The median of one kind of work in milliseconds."""
        return statistics.median(self.took[name])

    def late(self, name: str) -> float:
        """What 95 of 100 waited at most, in milliseconds."""
        return percentile(self.took[name], 0.95)


def measure_crowd(
    logins: list[Login],
    imap_port: int,
    hm3: Served,
    smtp: Smtp,
    seconds: float = SECONDS,
    size: int = SIZE,
    pause: float = 0.0,
) -> CrowdFigures:
    """Let all users work at once, half of the time by bare IMAP and half in hm3, in turns. Every user logs in first.

    Each has an inbox of `size` messages, and rests for `pause` seconds after each action.
    """
    found = CrowdFigures(len(logins))
    before = memory_of(hm3)
    benches = [enter(login, size, imap_port, hm3, smtp) for login in logins]
    try:
        for _ in range(2):
            _work_bare(benches, seconds / 4, found, pause)
            _work_hm3(benches, seconds / 2, found, hm3, pause)
        found.memory = memory_of(hm3)
        found.memory_a_user = max(0, found.memory - before) / len(logins)
    finally:
        for bench in benches:
            bench.browser.close()
            bench.bare.close()
    return found


def enter(login: Login, size: int, imap_port: int, hm3: Served, smtp: Smtp) -> Bench:
    """Log a user in on both sides, with an inbox of `size` messages."""
    bare = BareImap(imap_port)
    bare.log_in(login.name, login.password)
    bare.ask('SELECT "INBOX"')
    bench = Bench(size, Browser(hm3.port), bare, login, login, imap_port, smtp)
    bench.enter()
    return bench


def _work_hm3(benches: list[Bench], seconds: float, found: CrowdFigures, hm3: Served, pause: float) -> None:
    used = cpu_of(hm3)
    found.requests += _together(benches, _HM3, seconds, found.took, found, pause)
    found.seconds += seconds
    found.cpu += cpu_of(hm3) - used


def _work_bare(benches: list[Bench], seconds: float, found: CrowdFigures, pause: float) -> None:
    found.bare_requests += _together(benches, _BARE, seconds, {}, found, pause)
    found.bare_seconds += seconds


def _together(
    benches: list[Bench],
    steps: tuple[tuple[str, Step, int], ...],
    seconds: float,
    took: dict[str, list[float]],
    found: CrowdFigures,
    pause: float,
) -> int:
    lock = threading.Lock()
    done: list[int] = []
    start = threading.Barrier(len(benches) + 1)

    def work(bench: Bench, place: int) -> None:
        own: dict[str, list[float]] = {"list": [], "open": [], "flag": []}
        start.wait()
        end = time.perf_counter() + seconds
        # Nor do those who rest begin all at once.
        time.sleep(pause * place / len(benches))
        # Not all begin with the same: from the first moment the work is mixed.
        first = place % len(steps)
        requests, errors = _until(end, bench, steps[first:] + steps[:first], own, pause)
        with lock:
            done.append(requests)
            found.errors += errors
            for name, values in own.items():
                took.setdefault(name, []).extend(values)

    threads = [threading.Thread(target=work, args=(bench, place)) for place, bench in enumerate(benches)]
    for thread in threads:
        thread.start()
    start.wait()
    for thread in threads:
        thread.join()
    return sum(done)


def _until(
    end: float, bench: Bench, steps: tuple[tuple[str, Step, int], ...], own: dict[str, list[float]], pause: float = 0.0
) -> tuple[int, int]:
    """How many requests were answered, and how many failed."""
    requests = errors = number = 0
    while True:
        for name, step, count in steps:
            began = time.perf_counter()
            if began >= end:
                return requests, errors
            try:
                step(bench, number)
            except (PageFailed, BareFailed, WebmailError, OSError, EOFError):
                errors += 1
            else:
                own[name].append((time.perf_counter() - began) * 1000)
                requests += count
            if pause:
                time.sleep(pause)
        number += 1
