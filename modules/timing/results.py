"""What the page of times is made of."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core import Measured

# What is told apart by its own column; what else there is are the functions of modules.
KINDS = ("imap", "sql", "render")
MOST_STEPS = 5


@dataclass(frozen=True)
class StepTime:
    """A function of a module, and the median of its milliseconds, what it waited for included."""

    name: str
    took: float


@dataclass(frozen=True)
class PageTimes:
    """What a page took of late: medians in milliseconds, and of how often others were asked."""

    page: str
    requests: int
    median: float
    late: float
    imap: float
    imap_count: int
    sql: float
    sql_count: int
    render: float
    steps: tuple[StepTime, ...]


@dataclass(frozen=True)
class SiteTimes:
    """All pages that were asked for, the slowest first."""

    pages: tuple[PageTimes, ...]


def summarise(pages: Mapping[str, Sequence[Measured]]) -> SiteTimes:
    """The medians of what each page took, the slowest page first."""
    found = (_page(name, measured) for name, measured in pages.items() if measured)
    return SiteTimes(tuple(sorted(found, key=lambda page: (-page.median, page.page))))


def _page(name: str, measured: Sequence[Measured]) -> PageTimes:
    took = sorted(one.took for one in measured)
    names = {step for one in measured for step in one.times} - set(KINDS)
    steps = sorted(
        (StepTime(step, _median(measured, step)) for step in names), key=lambda step: (-step.took, step.name)
    )
    return PageTimes(
        page=name,
        requests=len(measured),
        median=round(statistics.median(took), 1),
        late=round(took[min(len(took) - 1, round(0.95 * (len(took) - 1)))], 1),
        imap=_median(measured, "imap"),
        imap_count=_count(measured, "imap"),
        sql=_median(measured, "sql"),
        sql_count=_count(measured, "sql"),
        render=_median(measured, "render"),
        steps=tuple(step for step in steps[:MOST_STEPS] if step.took),
    )


def _median(measured: Sequence[Measured], name: str) -> float:
    return round(statistics.median(one.times.get(name, 0.0) for one in measured), 1)


def _count(measured: Sequence[Measured], name: str) -> int:
    return round(statistics.median(one.counts.get(name, 0) for one in measured))
