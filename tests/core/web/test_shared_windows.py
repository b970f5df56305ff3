"""Counts that several processes share: exact in all of them together, and bounded."""

import os
import time
from collections.abc import Callable

import pytest

from core.errors import ConfigError
from core.ini.rates import RateLimit, RatesConfig
from core.output.slots import Rate
from core.web.framework import App
from core.web.limits import add_limits
from core.web.shared_windows import MOST, SharedCounts, SharedWindowStorage
from core.web.windows import WindowStorage

Wait = Callable[[float], None]


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Wait:
    """What lets seconds pass."""
    now = [1_000_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])

    def pass_by(seconds: float) -> None:
        now[0] += seconds

    return pass_by


def storage(*bounds: int, most: int = 1000) -> SharedWindowStorage:
    """A storage that counts up to these bounds."""
    return SharedWindowStorage(counts=SharedCounts(bounds, most))


def test_as_many_as_the_bound_get_in_and_no_more(wait: Wait) -> None:
    counts = storage(3)
    assert [counts.acquire_entry("ann", 3, 60) for _ in range(5)] == [True, True, True, False, False]


def test_each_visitor_and_each_bound_is_counted_alone(wait: Wait) -> None:
    counts = storage(1, 2)
    assert [counts.acquire_entry(name, 1, 60) for name in ("ann", "bob", "ann")] == [True, True, False]
    assert [counts.acquire_entry("ann", 2, 60) for _ in range(3)] == [True, True, False]


def test_the_window_moves(wait: Wait) -> None:
    counts = storage(2)
    counts.acquire_entry("ann", 2, 60)
    wait(30)
    counts.acquire_entry("ann", 2, 60)
    wait(31)
    assert [counts.acquire_entry("ann", 2, 60) for _ in range(2)] == [True, False]


def test_several_at_once_count_as_several(wait: Wait) -> None:
    counts = storage(4)
    assert [counts.acquire_entry("ann", 4, 60, amount=2) for _ in range(3)] == [True, True, False]
    assert not counts.acquire_entry("bob", 4, 60, amount=5)


def test_it_agrees_with_the_counts_of_one_process(wait: Wait) -> None:
    counts, alone = storage(3), WindowStorage()
    for step in range(200):
        wait((step * 7) % 11)
        asked = (f"visitor {step % 3}", 3, 20, 1 + (step % 5 == 0))
        assert counts.acquire_entry(*asked) == alone.acquire_entry(*asked)
        assert counts.get_moving_window(*asked[:3]) == alone.get_moving_window(*asked[:3])


def test_visitors_can_be_forgotten(wait: Wait) -> None:
    counts = storage(1)
    for name in ("ann", "bob", "col"):
        counts.acquire_entry(name, 1, 60)
    counts.clear("ann")
    counts.clear("nobody")
    assert [counts.acquire_entry(name, 1, 60) for name in ("ann", "bob")] == [True, False]
    assert (counts.reset(), counts.reset()) == (3, 0)
    assert counts.get_moving_window("bob", 1, 60) == (1_000_000.0, 0)


def test_where_all_slots_are_taken_who_asked_longest_ago_is_forgotten_first(wait: Wait) -> None:
    counts = storage(1, most=16)
    for number in range(17):
        wait(1)
        assert counts.acquire_entry(f"visitor {number}", 1, 1000)
    assert not counts.acquire_entry("visitor 1", 1, 1000)
    assert counts.acquire_entry("visitor 0", 1, 1000)


def test_processes_count_together_and_the_death_of_one_holds_up_nobody() -> None:
    counts = SharedCounts((500,))
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            got = sum(counts.acquire("ann", 500, 600, 1) for _ in range(200))
            os._exit(got // 10 if got % 10 == 0 else 255)
        children.append(child)
    with_lock = os.fork()
    if with_lock == 0:
        with counts._lock.hold():
            os._exit(0)
    statuses = [os.waitpid(child, 0)[1] for child in [*children, with_lock]]
    assert all(map(os.WIFEXITED, statuses))
    assert counts.window("ann", 500, 600)[1] == 500
    assert not counts.acquire("ann", 500, 600, 1)


def test_the_bounds_of_a_site_are_those_that_are_counted() -> None:
    rates = RatesConfig(general=RateLimit("2 per minute; 5 per hour"))
    apps = []
    counts = SharedCounts.of(rates)
    for name in ("one", "other"):
        app = App(name)
        under = add_limits(app, rates, counts)
        app.add_url_rule("/", "page", under(Rate.GENERAL, lambda: "page"))
        apps.append(app.test_client())
    statuses = [apps[number % 2].get("/").status_code for number in range(4)]
    assert statuses == [200, 200, 429, 429]


def test_a_bound_that_is_too_large_to_be_counted_together_is_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"\[rates\] send: 10001 per hour is more than several workers count together"
    ):
        SharedCounts.of(RatesConfig(send=RateLimit(f"{MOST + 1} per hour")))
