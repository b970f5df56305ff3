"""Sizes and spans of time, as an admin writes them."""

from datetime import timedelta

import pytest

from core.ini.values import Size, parse_span, show_size, show_span


@pytest.mark.parametrize(
    ("text", "octets"),
    [("25 MB", 25_000_000), ("512kB", 512_000), ("1 GiB", 2**30), ("4096", 4096), ("7 b", 7), (" 2 kib ", 2048)],
)
def test_a_size_is_a_number_with_a_unit(text: str, octets: int) -> None:
    assert Size.parse(text) == octets


@pytest.mark.parametrize("text", ["", "MB", "-1 MB", "1.5 MB", "25 MX", "1 MB 2", "٣ MB", "1e3"])
def test_a_size_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size like 25 MB"):
        Size.parse(text)


def test_a_size_beyond_its_bounds_is_refused_with_the_bounds() -> None:
    class Attachment(Size):
        __slots__ = ()
        most = 50_000_000

    with pytest.raises(ValueError, match="is not between 0 and 50 MB"):
        Attachment.parse("51 MB")


@pytest.mark.parametrize(
    ("octets", "text"), [(0, "0"), (999, "999"), (1000, "1 kB"), (1500, "1500"), (64_000_000, "64 MB"), (10**9, "1 GB")]
)
def test_a_size_is_shown_in_the_largest_unit_that_says_it_exactly(octets: int, text: str) -> None:
    assert show_size(octets) == text
    assert Size.parse(text) == octets


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30 s", timedelta(seconds=30)),
        ("5 min", timedelta(minutes=5)),
        ("2h", timedelta(hours=2)),
        ("1 day", timedelta(days=1)),
        ("250 ms", timedelta(milliseconds=250)),
    ],
)
def test_a_span_is_a_number_with_a_unit(text: str, span: timedelta) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize("text", ["", "30", "s", "-5 min", "1.5 h", "5 m", "5 min 3 s"])
def test_a_span_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time like 30 s, 5 min, 2 h or 1 d"):
        parse_span(text)


def test_a_span_of_more_than_a_hundred_years_is_refused() -> None:
    with pytest.raises(ValueError, match="is longer than a hundred years"):
        parse_span("999999999 d")


@pytest.mark.parametrize("text", ["0 s", "45 s", "90 min", "2 h", "3 d", "250 ms"])
def test_a_span_is_shown_as_it_can_be_written(text: str) -> None:
    assert show_span(parse_span(text)) == text
