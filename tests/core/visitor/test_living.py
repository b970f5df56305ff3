"""Whether sessions still live, told without their keys."""

from dataclasses import replace
from datetime import timedelta

from core.visitor.living import LivingSessions
from core.visitor.rows import SessionRow, SessionRows
from tests.core.visitor.conftest import NOON

NOW = int(NOON.timestamp())
ROW = SessionRow("a1", "f1", "u1", NOW, NOW, NOW - 60, NOW + 3600, 0, b"blob", None)
HOUR = timedelta(hours=1)


def living(rows: SessionRows) -> LivingSessions:
    return LivingSessions(rows, lambda: NOON)


def test_a_session_lives_in_any_form_its_cookies_have(rows: SessionRows) -> None:
    rows.add(replace(ROW, ends=NOW))
    rows.add(replace(ROW, id="a2"))
    rows.add(replace(ROW, id="b1", family="f2"))
    assert living(rows).of({"f1": HOUR, "f2": HOUR, "f3": HOUR}) == {"f1", "f2"}


def test_a_session_that_was_dropped_or_is_over_lives_no_more(rows: SessionRows) -> None:
    rows.add(ROW)
    rows.add(replace(ROW, id="b1", family="f2", ends=NOW))
    rows.drop_family("f1")
    assert living(rows).of({"f1": HOUR, "f2": HOUR}) == frozenset()


def test_a_session_that_rested_for_longer_than_it_may_lives_no_more(rows: SessionRows) -> None:
    rows.add(ROW)
    assert living(rows).of({"f1": timedelta(seconds=60)}) == {"f1"}
    assert living(rows).of({"f1": timedelta(seconds=59)}) == frozenset()


def test_nobody_is_asked_about_no_sessions(rows: SessionRows) -> None:
    assert living(rows).of({}) == frozenset()
