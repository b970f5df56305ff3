"""The figures as a table to read and as JSON to keep."""

import statistics
from collections import Counter

from bench.measure import Figures, percentile

_HEAD = ("work", "bare", "hm3", "p95", "more", "ratio", "cpu", "turns", "commands", "from server", "to browser")


def table(size: int, found: list[Figures]) -> str:
    """One mailbox's figures; times are medians in milliseconds."""
    rows = [_row(figures) for figures in found if figures.hm3]
    return f"\nINBOX of {size:,} messages, one user, warm; milliseconds\n{in_columns([_HEAD, *rows])}"


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
            "cpu_ms": round(statistics.median(figures.cpu), 3),
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
