"""Rows as mail servers mostly send them are read in one go, to the same that their tokens tell."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as some

from modules.imap.errors import ServerGone
from modules.imap.fetching import EPOCH, FetchedItems, flags_of, read_items, received_of
from modules.imap.fresh import Known, read_row, read_rows
from modules.imap.tokens import Record, Token, pairs, read_tokens
from modules.mail.api import Envelope, MailboxState

STATE = MailboxState(1, 9, 3, 0, 5)
NAMES = some.sampled_from(
    [b"UID", b"FLAGS", b"RFC822.SIZE", b"INTERNALDATE", b"X-GM-ID", b"BODY[HEADER.FIELDS (A)]<0>"]
)
ODD = [
    b"NIL",
    b"(NIL)",
    b"(nil x)",
    b"(1 2)",
    b"((a))",
    b'"q\\"x"',
    b"a",
    b"007",
    b"1" * 21,
    b"BODY[x y]",
    b"{3}",
    b"~",
]
VALUES = some.one_of(
    some.integers(0, 2**40).map(lambda number: b"%d" % number),
    some.text("ab (){}[]~%*", max_size=8).map(lambda text: b'"%b"' % text.encode()),
    some.lists(some.sampled_from([b"\\Seen", b"$x", b"NILx", b"a/b", b"\\*"]), max_size=3).map(
        lambda flags: b"(%b)" % b" ".join(flags)
    ),
    some.binary(max_size=12).map(lambda octets: (b"{%d}" % len(octets), octets)),
    some.sampled_from(ODD),
)


def by_tokens(records: tuple[Record, ...]) -> FetchedItems | None:
    """What the tokens of a response tell; None where they cannot be read."""
    try:
        tokens = read_tokens(records)
    except ValueError:
        return None
    listed = tokens[1] if len(tokens) > 1 else None
    return {**pairs(listed), b"#": tokens[0]} if isinstance(listed, list) else {}


def response(items: list[tuple[bytes, bytes | Record]], joint: bytes = b" ", end: bytes = b")") -> tuple[Record, ...]:
    """A response as it comes over the wire: octets and literals."""
    records: list[Record] = []
    text = b"12 ("
    for at, (name, value) in enumerate(items):
        text += (joint if at else b"") + name + b" "
        if isinstance(value, tuple):
            records.append((text + value[0], value[1]))
            text = b""
        else:
            text += value
    return (*records, text + end)


@given(some.lists(some.tuples(NAMES, VALUES), max_size=6), some.sampled_from([b" ", b" ", b" ", b"", b"  ", b"("]))
def test_items_are_what_their_tokens_are(items: list[tuple[bytes, bytes | Record]], joint: bytes) -> None:
    for end in (b")", b"", b"))", b") x"):
        records = response(items, joint, end)
        expected = by_tokens(records)
        if expected is None:
            with pytest.raises(ServerGone):
                read_items(records)
        else:
            assert read_items(records) == expected


def test_a_response_without_items_tells_nothing() -> None:
    assert read_items((b"12",)) == read_items((b"12 NIL",)) == {}
    assert read_items((b"x (UID 5)",)) == {b"#": b"x", b"UID": 5}


@pytest.mark.parametrize("octets", [b"\xff\xfe", b"From: \xff\r\n", b"", b"a" * 3000])
def test_a_row_that_is_odd_is_a_row_all_the_same(octets: bytes) -> None:
    row = read_row(5, {b"BODY[HEADER.FIELDS (X)]": octets, b"PREVIEW": b"a\0b\xff"}, STATE)
    assert (row.row.uid, row.row.preview, row.length) == (5, "a b\ufffd", len(octets))


@pytest.mark.parametrize(
    ("header", "mixed", "texts"),
    [
        (b"Content-Type: text/plain\r\n", False, (b"1",)),
        (b"Content-Type:\r\n TEXT/plain\r\n", False, (b"1",)),
        (b"a: b\r\ncontent-type: Multipart/Mixed; x=y\r\n", True, ()),
        (b"Content-Type: multipart/mixedly\r\n", False, ()),
        (b"Content-Type: multipart/alternative\r\n", False, (b"1", b"2")),
        (b"Content-Type: Multipart/Alternative; boundary=x\r\n", False, (b"1", b"2")),
        (b"Content-Type: multipart/related\r\n", False, ()),
        (b"Content-Type: text/plain\r\nContent-Type: multipart/mixed\r\n", True, ()),
        (b"Content-Type: text/plain\r\nContent-Type: multipart/alternative\r\n", False, ()),
        (b"Subject: content-type: multipart/mixed\r\n", False, (b"1",)),
        (b"Content-Type: ", False, ()),
        (b"", False, (b"1",)),
    ],
)
def test_a_header_tells_of_attachments_and_where_texts_are(
    header: bytes, mixed: bool, texts: tuple[bytes, ...]
) -> None:
    row = read_row(5, {b"BODY[HEADER.FIELDS (X)]": header}, STATE)
    assert (row.mixed, row.row.has_attachments, row.texts) == (mixed, mixed, texts)


def test_who_stands_in_several_rows_is_read_once() -> None:
    known = Known()
    items: list[FetchedItems] = [
        {b"BODY[HEADER.FIELDS (X)]": b"From: Ann <ann@x.org>\r\nTo: %b\r\n" % to} for to in (b"a@x.org", b"b@x.org")
    ]
    first, second = (read_row(5, one, STATE, known).row.envelope for one in items)
    assert first.sender is second.sender
    assert (first.to[0].address, second.to[0].address) == ("a@x.org", "b@x.org")
    assert sorted(known.people) == ["Ann <ann@x.org>", "a@x.org", "b@x.org"]
    assert read_row(5, {}, STATE, known).row.envelope == Envelope()


@pytest.mark.parametrize(
    ("flags", "has"),
    [
        ([b"\\Seen"], False),
        ([b"\\Seen", b"$HasAttachment"], True),
        ([b"$HASATTACHMENT", b"$HasNoAttachment"], False),
        ([[b"$HasAttachment"]], False),
        ([5], False),
        (None, False),
        (b"\\Seen", False),
    ],
)
def test_flags_tell_of_attachments_and_are_the_same_object_in_rows_that_have_the_same(flags: Token, has: bool) -> None:
    items: dict[int, FetchedItems] = {uid: {b"FLAGS": flags} for uid in (1, 2)}
    first, second = (known.row for known in read_rows(items, STATE))
    assert (first.has_attachments, first.flags) == (has, flags_of(items[1])) == (second.has_attachments, second.flags)
    assert (first.flags is second.flags) is (isinstance(flags, list) and list not in map(type, flags))


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("a \u00a0 b\tc".encode(), "a b c"),
        ("\u0645\u0631\u062d\u0628\u0627\u200f  \u00fc".encode(), "\u0645\u0631\u062d\u0628\u0627 \u00fc"),
        (b"BEGIN:VCARD x", ""),
        (b" BEGIN:VCARD", "BEGIN:VCARD"),
        (b"x" * 300, "x" * 200),
        (None, ""),
        (12, "12"),
    ],
)
def test_a_preview_is_one_line_of_words(told: Token, shown: str) -> None:
    assert read_row(5, {b"PREVIEW": told}, STATE).row.preview == shown


def test_flags_are_read_without_those_of_the_connection() -> None:
    assert flags_of({b"FLAGS": [b"\\Seen", b"\\Recent", 5, [b"x"]]}) == {"\\Seen", "5", ""}
    assert flags_of({}) == frozenset()


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        (b" 1-Nov-2026 00:20:00 -0930", datetime(2026, 11, 1, 0, 20, tzinfo=timezone(-timedelta(hours=9, minutes=30)))),
        (b"01-NOV-2026 23:59:59 +0000", datetime(2026, 11, 1, 23, 59, 59, tzinfo=UTC)),
        (b"01-Nov-2026 00:20:00 +9900", EPOCH),
        (b"01-Nox-2026 00:20:00 +0000", EPOCH),
        (b"31-Feb-2026 00:20:00 +0000", EPOCH),
        (b"01-Nov-0026 00:20:00 +0000", EPOCH),
        (b"yesterday", EPOCH),
    ],
)
def test_the_time_of_arrival_is_read_or_none(written: bytes, moment: datetime) -> None:
    assert received_of({b"INTERNALDATE": written}) == moment
