"""The search box."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.mail.api import Query
from modules.mail.results import Show
from modules.mail.search import narrow, read_query

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


def day(month: int, number: int, year: int = 2026) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("", Query()),
        ("red roses", Query(words=("red", "roses"))),
        ('"red roses"', Query(words=("red roses",))),
        ("from:ann", Query(sender="ann")),
        ('from:"Ann Lee" hello', Query(sender="Ann Lee", words=("hello",))),
        ("FROM:ann to:bob subject:tea body:cup", Query(sender="ann", to="bob", subject="tea", body="cup")),
        ("is:unread", Query(seen=False)),
        ("is:read is:starred", Query(seen=True, flagged=True)),
        ("is:answered", Query(answered=True)),
        ("is:strange", Query(words=("is:strange",))),
        ("has:attachment", Query(has_attachments=True)),
        ("has:wings", Query(words=("has:wings",))),
        ("label:todo", Query(keyword="todo")),
        ("before:2026-11-02", Query(before=day(11, 2))),
        ("after:2026/11/02", Query(after=day(11, 2))),
        ("since:2026-11 before:2026", Query(after=day(11, 1), before=day(1, 1))),
        ("after:yesterday", Query(after=day(11, 19))),
        ("after:today", Query(after=day(11, 20))),
        ("newer:2w", Query(after=day(11, 6))),
        ("newer:9999y", Query(after=day(1, 1, 1970))),
        ("before:soon", Query(words=("before:soon",))),
        ("after:soon", Query(words=("after:soon",))),
        ("larger:2M smaller:10kb", Query(larger=2_000_000, smaller=10_000)),
        ("larger:big", Query(words=("larger:big",))),
        ("http://x.org", Query(words=("http://x.org",))),
        ("from:", Query(words=("from:",))),
        ("12:30", Query(words=("12:30",))),
    ],
)
def test_the_box_asks_for_what_was_typed(typed: str, asked: Query) -> None:
    assert read_query(typed, NOW) == asked


def test_days_begin_where_the_reader_is() -> None:
    auckland = ZoneInfo("Pacific/Auckland")
    now = NOW.astimezone(auckland)
    for typed, number in (("after:today", 21), ("after:yesterday", 20), ("after:2d", 19), ("after:2026-11-18", 18)):
        asked = read_query(typed, now).after
        assert asked == datetime(2026, 11, number, tzinfo=auckland) == day(11, number - 1).replace(hour=11)


def test_a_list_may_show_only_some() -> None:
    assert narrow(Query(), Show.ALL) == Query()
    assert narrow(Query(), Show.UNREAD) == Query(seen=False)
    assert narrow(Query(), Show.STARRED) == Query(flagged=True)


@given(st.text(max_size=600))
def test_whatever_is_typed_asks_for_something(typed: str) -> None:
    assert len(read_query(typed, NOW).words) <= 20
