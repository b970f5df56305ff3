"""The figures of open streams of events, as a table to read and as JSON to keep."""

import statistics

from bench.measure import percentile
from bench.report import in_columns, octets
from bench.streams import SIZE, StreamFigures


def streams_table(found: list[StreamFigures]) -> str:
    """Pages without open streams and beside them, in turns, and what the streams cost."""
    head = ("users", "streams", "list", "beside", "p95", "beside", "open", "beside", "p95", "beside")
    pages = [(str(one.users), str(one.streams), *_beside(one, "list"), *_beside(one, "open")) for one in found]
    cost_head = ("users", "streams", "memory a stream", "cpu at rest", "beside", "first heard", "last heard")
    costs = [
        (
            str(one.users),
            str(one.streams),
            octets(round(one.memory_a_stream)),
            f"{one.rest_without:.2%}",
            f"{one.rest_beside:.2%}",
            *(f"{statistics.median(values):.0f}" for values in (one.first, one.last)),
        )
        for one in found
    ]
    title = f"INBOX of {SIZE:,} messages each, pages one after the other, without streams and beside them; milliseconds"
    return f"\n{title}\n{in_columns([head, *pages])}\n\n{in_columns([cost_head, *costs])}"


def _beside(one: StreamFigures, name: str) -> tuple[str, ...]:
    """The medians of both, then what 95 of 100 took at most."""
    both = (one.without[name], one.beside[name])
    values = [*map(statistics.median, both), *(percentile(took, 0.95) for took in both)]
    return tuple(f"{value:.1f}" for value in values)


def streams_as_json(found: list[StreamFigures]) -> list[dict[str, object]]:
    """The figures of open streams, with every round."""
    return [
        {
            "users": one.users,
            "streams": one.streams,
            "without_ms": {name: [round(value, 2) for value in values] for name, values in one.without.items()},
            "beside_ms": {name: [round(value, 2) for value in values] for name, values in one.beside.items()},
            "memory_per_stream": round(one.memory_a_stream),
            "cpu_at_rest": round(one.rest_without, 5),
            "cpu_at_rest_beside": round(one.rest_beside, 5),
            "first_heard_ms": [round(value, 1) for value in one.first],
            "last_heard_ms": [round(value, 1) for value in one.last],
        }
        for one in found
    ]
