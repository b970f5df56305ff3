"""How much is fetched at once, for whom, and whose servers are left alone for a while."""

import threading
from contextlib import ExitStack

import pytest

from core import TooMany
from modules.images.errors import NotShown
from modules.images.pace import MINUTE, SHUNNED_FOR, Pace


def pace(now: list[float], per_minute: int = 100, at_once: int = 2, waiting: int = 1) -> Pace:
    return Pace(per_minute, at_once, waiting, lambda: now[0])


def test_so_many_in_a_minute_and_no_more() -> None:
    now = [0.0]
    bound = pace(now, per_minute=2)
    for _ in range(2):
        with bound.turn("ada"):
            pass
    with pytest.raises(TooMany), bound.turn("ada"):
        pass
    with bound.turn("bob"):
        now[0] = MINUTE
    with bound.turn("ada"):
        pass


def test_others_wait_for_their_turn_and_too_many_are_sent_away() -> None:
    bound, came = pace([0.0]), threading.Event()

    def wait() -> None:
        with bound.turn("ada"):
            came.set()

    with ExitStack() as held:
        first = held.enter_context(ExitStack())
        first.enter_context(bound.turn("ada"))
        held.enter_context(bound.turn("ada"))
        waiting = threading.Thread(target=wait)
        waiting.start()
        while bound._admitted["ada"] < 3:
            pass
        with pytest.raises(TooMany), bound.turn("ada"):
            pass
        with bound.turn("bob"):
            assert not came.is_set()
        first.close()
        assert came.wait(60)
    waiting.join()
    assert bound._admitted == bound._fetching == {}


def test_who_gives_up_waiting_leaves_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    bound = pace([0.0])

    def interrupt(predicate: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bound._changed, "wait_for", interrupt)
    with pytest.raises(KeyboardInterrupt), bound.turn("ada"):
        pass
    assert bound._admitted == {}


def test_a_server_that_was_silent_is_left_alone_for_a_while() -> None:
    now = [0.0]
    bound = pace(now)
    bound.check("slow.example")
    bound.shun("slow.example")
    with pytest.raises(NotShown, match="a moment ago"):
        bound.check("slow.example")
    bound.check("fast.example")
    now[0] = SHUNNED_FOR
    bound.check("slow.example")


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modules.images.pace.MOST_SHUNNED", 2)
    monkeypatch.setattr("modules.images.pace.MOST_USERS", 2)
    bound = pace([0.0], per_minute=1)
    for name in ("a", "b", "c"):
        bound.shun(name)
        with bound.turn(name):
            pass
    bound.check("a")
    assert list(bound._begun) == ["b", "c"]
