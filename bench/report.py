"""The figures as a table to read and as JSON to keep."""

import statistics
from collections import Counter

from bench.crowd import CrowdFigures
from bench.measure import Figures, percentile

_HEAD = ("work", "bare", "hm3", "p95", "more", "ratio", "cpu", "turns", "commands", "sql", "from server", "to browser")


def table(size: int, found: list[Figures]) -> str:
    """One mailbox's figures; times are medians in milliseconds."""
    rows = [_row(figures) for figures in found if figures.hm3]
    return f"\nINBOX of {size:,} messages, one user, warm; milliseconds\n{in_columns([_HEAD, *rows])}"


def cold_table(size: int, found: list[Figures]) -> str:
    """The same work as the first after a log-in; the bare side has to select the mailbox too."""
    head = ("work", "bare", "hm3", "more", "turns", "commands")
    rows = [
        (
            figures.work.title,
            f"{statistics.median(figures.bare_cold):.1f}",
            f"{statistics.median(figures.cold):.1f}",
            f"{statistics.median(figures.cold) - statistics.median(figures.bare_cold):+.1f}",
            str(figures.cold_traffic.turns),
            str(len(figures.cold_traffic.commands)),
        )
        for figures in found
        if figures.cold
    ]
    return f"\nINBOX of {size:,} messages, first request after the log-in; milliseconds\n{in_columns([head, *rows])}"


def crowd_table(size: int, found: list[CrowdFigures], pause: float = 0.0) -> str:
    """Many users at once: requests a second, and how long each kind of work took at the median and at most for 95 %.

    Between two actions they rested for `pause` seconds.
    """
    resting = f"with {pause * 1000:.0f} ms of rest between two actions" if pause else "without pause"
    head = (
        "users",
        "requests/s",
        "bare/s",
        "list",
        "p95",
        "open",
        "p95",
        "flag",
        "p95",
        "cpu",
        "memory a user",
        "errors",
    )
    rows = [
        (
            str(one.users),
            f"{one.rate:.0f}",
            f"{one.bare_rate:.0f}",
            *(word for name in ("list", "open", "flag") for word in _waits(one, name)),
            f"{one.cpu / one.seconds:.0%}",
            octets(round(one.memory_a_user)),
            str(one.errors),
        )
        for one in found
        if one.requests
    ]
    return f"\nINBOX of {size:,} messages each, all users at once {resting}; milliseconds\n{in_columns([head, *rows])}"


def _waits(one: CrowdFigures, name: str) -> tuple[str, str]:
    """The median and what 95 of 100 waited at most; a dash where nobody came so far."""
    return (f"{one.median(name):.0f}", f"{one.late(name):.0f}") if one.took[name] else ("-", "-")


def crowd_as_json(found: list[CrowdFigures]) -> list[dict[str, object]]:
    """The figures of many users."""
    return [
        {
            "users": one.users,
            "requests_per_second": round(one.rate, 1),
            "bare_requests_per_second": round(one.bare_rate, 1),
            "median_ms": {name: round(one.median(name), 2) for name in one.took if one.took[name]},
            "p95_ms": {name: round(one.late(name), 2) for name in one.took if one.took[name]},
            "cpu_seconds_per_second": round(one.cpu / one.seconds, 3),
            "memory": one.memory,
            "memory_per_user": round(one.memory_a_user),
            "errors": one.errors,
        }
        for one in found
    ]


def as_json(found: list[Figures]) -> list[dict[str, object]]:
    """One mailbox's figures, with every round."""
    return [
        {
            "work": figures.work.name,
            "bare_ms": [round(value, 3) for value in figures.bare],
            "hm3_ms": [round(value, 3) for value in figures.hm3],
            "bare_median_ms": round(figures.bare_median, 3),
            "hm3_median_ms": round(figures.median, 3),
            "hm3_p95_ms": round(percentile(figures.hm3, 0.95), 3),
            "more_ms": round(figures.median - figures.bare_median, 3),
            "ratio": round(figures.median / figures.bare_median, 3),
            "cpu_ms": round(statistics.median(figures.cpu), 3),
            "bare_cold_ms": [round(value, 3) for value in figures.bare_cold],
            "hm3_cold_ms": [round(value, 3) for value in figures.cold],
            "cold_commands": list(figures.cold_traffic.commands),
            "statements": figures.statements,
            "fragments": figures.fragments,
            "turns": figures.traffic.turns,
            "commands": list(figures.traffic.commands),
            "octets_to_server": figures.traffic.sent,
            "octets_from_server": figures.traffic.received,
            "octets_to_browser": figures.bytes_to_browser,
        }
        for figures in found
        if figures.hm3
    ]


def in_columns(rows: list[tuple[str, ...]]) -> str:
    """Rows of words under each other; the first column begins at the left, the others end at the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        first, *rest = (
            word.ljust(width) if not at else word.rjust(width) for at, (word, width) in _numbered(row, widths)
        )
        lines.append("  ".join([first, *rest]).rstrip())
    lines.insert(1, "-" * len(lines[0]))
    return "\n".join(lines)


def octets(count: int) -> str:
    """A number of octets as people read it."""
    if count < 1000:
        return f"{count} B"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def _row(figures: Figures) -> tuple[str, ...]:
    bare, hm3 = figures.bare_median, figures.median
    traffic = figures.traffic
    return (
        figures.work.title,
        f"{bare:.1f}",
        f"{hm3:.1f}",
        f"{percentile(figures.hm3, 0.95):.1f}",
        f"{hm3 - bare:+.1f}",
        f"{hm3 / bare:.1f}",
        f"{statistics.median(figures.cpu):.1f}",
        str(traffic.turns),
        str(len(traffic.commands)),
        str(figures.statements),
        octets(traffic.received),
        octets(figures.bytes_to_browser),
    )


def commands_of(found: list[Figures]) -> str:
    """Which commands each work sent in its last round."""
    lines = []
    for figures in found:
        counted = Counter(figures.traffic.commands)
        told = ", ".join(f"{count} × {name}" if count > 1 else name for name, count in counted.items())
        lines.append((figures.work.title, told or "none"))
    width = max(len(title) for title, _ in lines)
    return "\n".join(f"{title.ljust(width)}  {told}" for title, told in lines)


def _numbered(row: tuple[str, ...], widths: list[int]) -> enumerate[tuple[str, int]]:
    return enumerate(zip(row, widths, strict=True))
