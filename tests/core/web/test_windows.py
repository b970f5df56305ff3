"""The counts of requests: as many as the bound within the window, and forgotten when it is over."""

import threading
import time
from collections.abc import Callable

import pytest

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


def test_as_many_as_the_bound_get_in_and_no_more(wait: Wait) -> None:
    storage = WindowStorage()
    assert [storage.acquire_entry("ann", 3, 60) for _ in range(5)] == [True, True, True, False, False]


def test_each_visitor_is_counted_alone(wait: Wait) -> None:
    storage = WindowStorage()
    assert [storage.acquire_entry(name, 1, 60) for name in ("ann", "bob", "ann")] == [True, True, False]


def test_the_window_moves(wait: Wait) -> None:
    storage = WindowStorage()
    storage.acquire_entry("ann", 2, 60)
    wait(30)
    storage.acquire_entry("ann", 2, 60)
    wait(31)
    assert [storage.acquire_entry("ann", 2, 60) for _ in range(2)] == [True, False]


def test_who_is_refused_is_not_counted(wait: Wait) -> None:
    storage = WindowStorage()
    for _ in range(9):
        storage.acquire_entry("ann", 2, 60)
    assert storage.get_moving_window("ann", 2, 60) == (1_000_000.0, 2)


def test_more_at_once_than_the_bound_never_get_in(wait: Wait) -> None:
    assert not WindowStorage().acquire_entry("ann", 2, 60, amount=3)


def test_a_window_of_nobody_is_empty_and_begins_now(wait: Wait) -> None:
    assert WindowStorage().get_moving_window("ann", 2, 60) == (1_000_000.0, 0)


def test_a_window_that_is_over_is_empty_and_begins_now(wait: Wait) -> None:
    storage = WindowStorage()
    storage.acquire_entry("ann", 2, 60)
    wait(61)
    assert storage.get_moving_window("ann", 2, 60) == (1_000_061.0, 0)


def test_what_is_over_is_forgotten_while_others_are_counted(wait: Wait) -> None:
    storage = WindowStorage()
    storage.acquire_entry("ann", 2, 60)
    wait(61)
    storage.acquire_entry("bob", 2, 60)
    assert storage.reset() == 1


def test_a_visitor_can_be_forgotten(wait: Wait) -> None:
    storage = WindowStorage()
    storage.acquire_entry("ann", 1, 60)
    storage.clear("ann")
    assert storage.acquire_entry("ann", 1, 60)


def test_counting_begins_no_thread() -> None:
    storage = WindowStorage()
    storage.timer.join()
    before = threading.active_count()
    storage.acquire_entry("ann", 1, 60)
    assert threading.active_count() == before
