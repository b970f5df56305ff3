"""Header blocks of every quality."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modules.mail.addresses import LONGEST_LIST, MOST_ADDRESSES, read_addresses
from modules.mail.api import (
    Correspondent,
    Envelope,
    decode_words,
    header_fields,
    named_fields,
    raw_fields,
    read_envelope,
)
from modules.mail.headers import LONGEST_BLOCK, HeaderBlock, read_date, read_ids


def people(value: str) -> list[tuple[str, str]]:
    return [(person.name, person.address) for person in read_addresses(value, decode_words)]


def test_an_envelope_holds_what_people_look_at() -> None:
    envelope = read_envelope(
        b"From: Ann <ann@x.org>\r\nTo: Bob <bob@x.org>\r\nSubject: Tea\r\n at five\r\n"
        b"Date: Mon, 2 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@x>\r\n"
        b"In-Reply-To: <0@x>\r\nReferences: <a@x> <0@x>\r\n"
    )
    assert envelope == Envelope(
        subject="Tea at five",
        sender=(Correspondent("Ann", "ann@x.org"),),
        to=(Correspondent("Bob", "bob@x.org"),),
        date=datetime(2026, 11, 2, 10, tzinfo=timezone(timedelta(hours=1))),
        message_id="<1@x>",
        in_reply_to=("<0@x>",),
        references=("<a@x>", "<0@x>"),
    )


@given(st.lists(st.sampled_from(["From: a@x.org", "from: b@x.org", "TO: c@x.org", "subject:", "Date: x", "x y"])))
def test_a_block_that_many_look_into_tells_what_its_octets_tell(lines: list[str]) -> None:
    octets = "".join(f"{line}\r\n" for line in lines).encode()
    block, named = HeaderBlock(octets), named_fields(octets)
    assert named_fields(block) == named and read_envelope(block) == read_envelope(octets)
    told = [(name.lower(), value) for name, value in raw_fields(block)]
    assert named == {name: [value for other, value in told if other == name] for name, _ in told}


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?utf-8?b?R3LDvMOfZQ?=", "Grüße"),
        ("=?UTF-8?q?Gr=C3=BC=C3=9Fe_aus?= =?utf-8?Q?_K=C3=B6ln?=", "Grüße aus Köln"),
        ("=?utf-8?B?w7w=?= =?utf-8?B?w58=?=", "üß"),
        ("=?utf-8?Q?=E2=82?= =?utf-8?Q?=AC?= 5", "€ 5"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?koi8-r?B?8NLJ18XU?=", "Привет"),
        ("=?gb2312?B?xOO6ww==?=", "你好"),
        ("=?nonsense?Q?caf=E9?=", "café"),
        ("=?utf-8*en?Q?a?=", "a"),
        ("before =?utf-8?Q?a?= after", "before a after"),
        ("=?utf-8?Q?not closed", "=?utf-8?Q?not closed"),
        ("=?utf-8?Q?a b?=", "a b"),
        ("a\rb\nc\x00d\x1be", "a b cde"),
        ("=?utf-8?Q?a=0D=0ABcc:_x?=", "a  Bcc: x"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("<script>", "<script>"),
    ],
)
def test_a_subject_is_decoded_without_controls(raw: str, shown: str) -> None:
    assert decode_words(raw) == shown


def test_raw_eight_bit_headers_are_read() -> None:
    assert read_envelope("Subject: Grüße".encode()).subject == "Grüße"
    assert read_envelope("Subject: Grüße aus Köln, schöne Tage".encode("latin-1")).subject.startswith("Gr")


def test_of_repeated_fields_the_first_counts() -> None:
    assert read_envelope(b"Subject: one\nSubject: two\n").subject == "one"


def test_all_fields_are_shown_in_order() -> None:
    block = b"Received: by a\r\n\tfrom b\r\nX-Odd: =?utf-8?q?=C3=BC?=\r\nnot a field\r\nReceived: by c\r\n\r\n"
    assert header_fields(block) == (("Received", "by a from b"), ("X-Odd", "ü"), ("Received", "by c"))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("a@x.org", [("", "a@x.org")]),
        ("Ann Lee <a@x.org>", [("Ann Lee", "a@x.org")]),
        ('"Lee, Ann" <a@x.org>, b@x.org', [("Lee, Ann", "a@x.org"), ("", "b@x.org")]),
        ('"A \\"the\\" B" <a@x.org>', [('A "the" B', "a@x.org")]),
        ("a@x.org (Ann (the) Lee)", [("Ann (the) Lee", "a@x.org")]),
        ("<a@x.org> (Ann)", [("Ann", "a@x.org")]),
        ("Team: a@x.org, b@x.org; c@x.org", [("", "a@x.org"), ("", "b@x.org"), ("", "c@x.org")]),
        ("undisclosed-recipients:;", []),
        ("=?utf-8?q?J=C3=BCrgen?= <j@x.org>", [("Jürgen", "j@x.org")]),
        ('"=?utf-8?q?J=C3=BCrgen?=" <j@x.org>', [("Jürgen", "j@x.org")]),
        ("Ann a@x.org", [("Ann", "a@x.org")]),
        ("just words", [("just words", "")]),
        ("a@x.org;b@x.org", [("", "a@x.org"), ("", "b@x.org")]),
        ("<a@x.org", [("", "a@x.org")]),
        ("(unclosed a@x.org", []),
        ('"a@x.org" <a@x.org>', [("", "a@x.org")]),
        ('"unclosed <a@x.org>', [("unclosed", "a@x.org")]),
        ("Ann (a\\)b) <a@x.org>", [("Ann", "a@x.org")]),
        ("", []),
        (",,;", []),
        ("a@b <real@x.org>", [("a@b", "real@x.org")]),
    ],
)
def test_people_are_found_in_lists_of_any_quality(value: str, found: list[tuple[str, str]]) -> None:
    assert people(value) == found


def test_a_list_is_read_only_so_far() -> None:
    assert len(read_addresses("a@x.org," * 3000)) == MOST_ADDRESSES
    assert read_addresses("(" * LONGEST_LIST) == ()


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("Mon, 2 Nov 26 10:00:00 GMT", datetime(2026, 11, 2, 10, tzinfo=UTC)),
        ("2 Nov 2026 10:00:60 +0000", datetime(2026, 11, 2, 10, 0, 59, tzinfo=UTC)),
        ("", None),
        ("yesterday", None),
        ("Mon, 99 Nov 2026 10:00:00 +0000", None),
        ("Mon, 2 Nov 2026 10:00:00 +9999", None),
        ("Mon, 01 Jan 0100 00:00:00 +1400", None),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
    ],
)
def test_a_date_is_read_or_absent(value: str, date: datetime | None) -> None:
    assert read_date(value) == date


# A letter beyond ASCII in another field, a comment behind the list: then each is read letter by letter.
@settings(max_examples=200)
@given(
    st.lists(
        st.sampled_from(
            (
                "From: Ann <ann@a.example>",
                "To:b@b.example",
                "Name : v \t",
                "no field",
                "a b: c",
                ": v",
                " folded",
                "\tmore",
                "X:",
            )
        ),
        max_size=8,
    ),
    st.sampled_from(("\r\n", "\n", "\r\r\n")),
)
def test_fields_are_the_same_however_they_are_found(lines: list[str], end: str) -> None:
    block = "".join(line + end for line in lines).encode()
    assert (*header_fields(block), ("Last", "é")) == header_fields(block + "Last: é".encode())


@settings(max_examples=300)
@given(st.lists(st.sampled_from(('"', ",", ";", ":", "@", " ", "Ann", "b@b.example", '"Ann, B"', "<c@d>")), max_size=9))
def test_people_are_the_same_however_they_are_found(pieces: list[str]) -> None:
    value = "".join(pieces)
    if value.count('"') % 2 == 0:
        assert people(value) == people(f"{value},()")


@given(st.datetimes(datetime(1900, 1, 2), datetime(9998, 12, 30)), st.integers(-23 * 60, 23 * 60))
def test_a_date_is_the_same_however_it_is_found(moment: datetime, minutes: int) -> None:
    dated = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    written = format_datetime(dated)
    assert read_date(written) == read_date(written.replace(" ", "  ")) == dated


def test_of_too_many_references_the_first_and_the_newest_stay() -> None:
    ids = read_ids(" ".join(f"<{number}@x>" for number in range(300)))
    assert (len(ids), ids[0], ids[-1]) == (200, "<0@x>", "<299@x>")


@settings(max_examples=300)
@given(st.binary(max_size=400))
def test_no_octets_can_make_reading_fail(octets: bytes) -> None:
    for block in (octets, b"Subject: " + octets, b"From: " + octets, b"Date: " + octets, b"To: =?utf-8?q?" + octets):
        envelope = read_envelope(block)
        text = envelope.subject + "".join(person.name + person.address for person in envelope.sender)
        assert not set(text) & {"\r", "\n", "\x00", "\u202e"}


def test_a_huge_header_is_read_only_so_far() -> None:
    block = b"X: " + b"a" * LONGEST_BLOCK + b"\nSubject: late\n"
    assert read_envelope(block).subject == ""
