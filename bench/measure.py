"""Rounds of work, bare IMAP and hm3 in turn, and what a round took."""

import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.between import Between, Traffic
from bench.house import Served
from bench.profiled import RESULT, SIGN
from bench.sides import Bench
from bench.work import Work

WARM_UPS = 2
# No single piece of work may keep the others waiting for longer than this many seconds.
LONGEST = 60.0


@dataclass
class Figures:
    """What one piece of work took, in milliseconds a round; and what went to and fro in the round that asked least.

    On a busy machine some rounds ask more: a connection that was idle for a second is tried before it changes anything.
    """

    work: Work
    bare: list[float] = field(default_factory=list)
    hm3: list[float] = field(default_factory=list)
    bare_cold: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    traffic: Traffic = Traffic()
    cold_traffic: Traffic = Traffic()
    bytes_to_browser: int = 0
    statements: int = 0
    fragments: int = 0
    cpu: list[float] = field(default_factory=list)

    def counted_as(self, other: "Figures") -> "Figures":
        """These with the counts that another hm3 told, which told where its time goes."""
        self.statements, self.fragments = other.statements, other.fragments
        return self

    @property
    def bare_median(self) -> float:
        """The median of the bare commands."""
        return statistics.median(self.bare)

    @property
    def median(self) -> float:
        """The median of hm3."""
        return statistics.median(self.hm3)


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of them lies."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, round(share * (len(ranked) - 1)))]


def measure(
    bench: Bench, found: list[Figures], rounds: int, hm3: Served, between: Between, tell: Callable[[str], None]
) -> None:
    """Do each work in so many rounds. Which side goes first changes with every round."""
    for figures in found:
        tell(f"{figures.work.title} ...")
        _measure_one(bench, figures, rounds, hm3, between)


def measure_cold(
    bench: Bench, found: list[Figures], rounds: int, between: Between, tell: Callable[[str], None]
) -> None:
    """Do each work that reads as the first after a log-in; the bare side's connection has selected nothing yet."""
    for figures in found:
        if not figures.work.cold:
            continue
        tell(f"{figures.work.title}, first after the log-in ...")
        for _ in range(rounds):
            _one_cold_round(bench, figures, between)


def _one_cold_round(bench: Bench, figures: Figures, between: Between) -> None:
    bench.enter_anew()
    between.counters.take()
    figures.cold.append(timed(lambda: figures.work.hm3(bench, 0)))
    figures.cold_traffic = between.counters.take()
    with bench.fresh_bare() as fresh:
        figures.bare_cold.append(timed(lambda: (fresh.ask('SELECT "INBOX"'), figures.work.bare(bench, 0))))


def _measure_one(bench: Bench, figures: Figures, rounds: int, hm3: Served, between: Between) -> None:
    work = figures.work
    bench.select("INBOX")
    wanted = min(rounds, work.most_rounds - 1)
    began = time.monotonic()
    warm_ups = min(WARM_UPS, max(1, work.most_rounds - wanted))
    for number in range(wanted + warm_ups):
        work.prepare(bench, number)
        for side in ("bare", "hm3") if number % 2 else ("hm3", "bare"):
            if side == "bare":
                took = timed(lambda number=number: work.bare(bench, number))  # type: ignore[misc]  # called at once
                if number >= warm_ups:
                    figures.bare.append(took)
            else:
                _one_round(bench, figures, number, hm3, between, counted=number >= warm_ups)
        if time.monotonic() - began > LONGEST and figures.hm3:
            break


def _one_round(bench: Bench, figures: Figures, number: int, hm3: Served, between: Between, *, counted: bool) -> None:
    between.counters.take()
    bench.browser.timings.clear()
    received, used = bench.browser.received, cpu_of(hm3)
    took = timed(lambda: figures.work.hm3(bench, number))
    if counted:
        figures.hm3.append(took)
        traffic = between.counters.take()
        if len(figures.hm3) == 1 or traffic.size < figures.traffic.size:
            figures.traffic = traffic
            figures.bytes_to_browser = bench.browser.received - received
            figures.statements = count_of(bench.browser.timings, "sql")
            figures.fragments = count_of(bench.browser.timings, "render")
        figures.cpu.append((cpu_of(hm3) - used) * 1000)


def timed(work: Callable[[], object]) -> float:
    """How many milliseconds some work took."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def count_of(timings: list[str], name: str) -> int:
    """How often something was done, by what answers told in Server-Timing."""
    found = (re.search(rf'(?:^|, ){name};dur=[0-9.]+;desc="([0-9]+)"', one) for one in timings)
    return sum(int(match[1]) for match in found if match)


def note_stacks(bench: Bench, work: Work, rounds: int, hm3: Served) -> list[str]:
    """Do one work so often in an observed hm3, and give what it was busy with as folded stacks."""
    for number in range(WARM_UPS):
        work.prepare(bench, number)
        work.hm3(bench, number)
    (hm3.data / SIGN).touch()
    for number in range(WARM_UPS, WARM_UPS + rounds):
        work.prepare(bench, number)
        work.hm3(bench, number)
    (hm3.data / SIGN).unlink()
    end = time.monotonic() + 10
    while not (hm3.data / RESULT).exists() and time.monotonic() < end:
        time.sleep(0.05)
    return (hm3.data / RESULT).read_text("utf-8").splitlines()


def cpu_of(hm3: Served) -> float:
    """The processor time in seconds that hm3's processes have taken (proc(5): schedstat, in nanoseconds)."""
    total = 0
    for process in _processes(hm3):
        for thread in (process / "task").iterdir():
            total += int(_read(thread / "schedstat").split(" ")[0] or 0)
    return total / 1e9


def memory_of(hm3: Served) -> int:
    """The resident memory in octets of hm3's processes."""
    lines = (line for process in _processes(hm3) for line in _read(process / "status").splitlines())
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))


def _processes(hm3: Served) -> list[Path]:
    first = Path("/proc") / str(hm3.child.process.pid)
    children = _read(first / "task" / first.name / "children").split()
    return [first, *(Path("/proc") / child for child in children)]


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except OSError:
        return ""
