"""What contact cards say: whatever comes, what can be read of it, in little time."""

import time
from datetime import date
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.vcards.lines import MOST_LINES
from modules.vcards.model import Birthday, CardFile, Contact, Entry, LeftOut, Use
from modules.vcards.reading import LONGEST, MOST_CARDS, MOST_VALUES, read_cards
from modules.vcards.showing import LONGEST_LINE
from tests.messages import octets_of

_PIECES = (
    *"BEGIN:VCARD END:VCARD VERSION:2.1 FN: N: AGENT: EMAIL TEL: ADR: BDAY: ;TYPE= ;ENCODING=QUOTED-PRINTABLE".split(),
    *';BASE64: ;CHARSET=utf-7 : ; , \\ = =0D=0A " \u202e \U0001f600 é --0101 a@b.test'.split(),
    *("\n", "\r\n", "\n "),
    "\n",
)


def card(inside: str, version: str = "3.0", charset: str = "utf-8") -> bytes:
    text = f"BEGIN:VCARD\nVERSION:{version}\n{inside}\nEND:VCARD\n"
    return text.replace("\n", "\r\n").encode(charset)


def read(inside: str, version: str = "3.0") -> Contact:
    (contact,) = read_cards(card(inside, version)).cards
    return contact


def in_corpus(name: str) -> CardFile:
    octets = octets_of(name)
    return read_cards(octets[octets.index(b"BEGIN:VCARD") :])


def test_a_good_card_is_read_whole() -> None:
    (contact,) = in_corpus("vcard").cards
    assert (contact.name, contact.organisation, contact.titles) == (
        "Dr. Ada Field",
        "Garden Works, Roses, old and new",
        ("Head gardener",),
    )
    assert contact.emails == (
        Entry("ada@garden.example", (Use.WORK,)),
        Entry("ada.field@home.example", label="Letters"),
    )
    assert [(one.value, one.uses) for one in contact.phones][:2] == [
        ("+49 30 555 0100", (Use.WORK,)),
        ("+49 170 555 0101", (Use.MOBILE,)),
    ]
    assert contact.places == (Entry("Rose Lane 1\nShed 2\n12345 Gardentown\nRuritania", (Use.WORK,)),)
    assert contact.birthday == Birthday(date(1985, 3, 5), False, "1985-03-05")
    assert contact.note == "Knows old roses, and where\n<b>they</b> grow in the shade."
    assert (contact.left_out, contact.more, contact.unread, contact.torn) == (frozenset({LeftOut.PICTURE}), 0, 0, False)


def test_an_old_card_is_read_with_its_charsets_and_without_its_agent() -> None:
    (contact,) = in_corpus("vcard-old").cards
    assert (contact.name, contact.organisation) == ("Jörg Müller", "Gärtnerei, Gewächshäuser")
    assert contact.places == (Entry("Straße 1 Hinterhaus\n12345 Gartenstadt", (Use.HOME,)),)
    assert contact.phones == (Entry("(030) 555-0100", (Use.WORK,)), Entry("0170 5550101", (Use.MOBILE,)))
    assert contact.birthday is not None and contact.birthday.yearly and contact.note == "Line one\nLine two"
    assert (contact.left_out, contact.unread, contact.torn) == (frozenset({LeftOut.PICTURE}), 0, False)


def test_of_many_cards_the_first_are_read_and_the_others_counted() -> None:
    read = in_corpus("vcard-many")
    assert (len(read.cards), read.more, read.cut) == (MOST_CARDS, 45 - MOST_CARDS, False)


def test_of_a_hostile_card_is_read_what_can_be_and_told_what_cannot() -> None:
    hostile, second = in_corpus("vcard-hostile").cards
    assert hostile.name == "<script>alert(1)</script>[U+202E]moc.knab" and hostile.note.startswith("[U+0007]bell")
    assert len(hostile.organisation) == LONGEST_LINE + 1 and hostile.unread > 60 and hostile.torn
    assert hostile.left_out == frozenset(LeftOut) and hostile.birthday == Birthday(written="99999999")
    assert second.name == "The second never ends" and second.torn


@pytest.mark.parametrize("octets", [b"", b"nothing", b"END:VCARD\r\nFN:a", b"BEGIN:VCALENDAR\nFN:a\nEND:VCALENDAR"])
def test_what_is_no_card_has_none(octets: bytes) -> None:
    assert read_cards(octets) == CardFile()


@pytest.mark.parametrize(
    ("inside", "name"),
    [
        ("FN:Ada\nN:Other", "Ada"),
        ("FN:\nN:van Field;Ada,Bea;Cy;Dr.;Jr.", "Dr. Ada Bea Cy van Field Jr."),
        ("NICKNAME:Ad\\,a", "Ad,a"),
        ('a.fn;x="a:b;c":Grouped', "Grouped"),
        ("FN:One\n  and two\n\tand three", "One and twoand three"),
        ("FN;ENCODING=B:QWRh", "Ada"),
        ("FN;ENCODING=B:Q", ""),
        ("ORG:Works", ""),
    ],
)
def test_names_come_from_what_has_one(inside: str, name: str) -> None:
    assert read(inside).name == name


def test_spaces_that_fold_a_card_of_old_belong_to_its_text() -> None:
    assert read("FN:One\n two", "2.1").name == "One two"


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("BDAY:19850305", Birthday(date(1985, 3, 5), False, "19850305")),
        ("BDAY:1985-03-05T10:00:00Z", Birthday(date(1985, 3, 5), False, "1985-03-05T10:00:00Z")),
        ("BDAY:--02-29", Birthday(date(2000, 2, 29), True, "--02-29")),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29", Birthday(date(2000, 2, 29), True, "1604-02-29")),
        ("BDAY:19850230", Birthday(written="19850230")),
        ("BDAY;VALUE=text:circa 1800", Birthday(written="circa 1800")),
    ],
)
def test_birthdays_are_days_where_they_can_be(written: str, read_as: Birthday) -> None:
    assert read(written).birthday == read_as


def test_more_values_than_are_shown_are_counted() -> None:
    contact = read("\n".join(f"EMAIL:{number}@a.test" for number in range(MOST_VALUES + 5)))
    assert (len(contact.emails), contact.more) == (MOST_VALUES, 5)


def test_charsets_are_those_that_were_declared() -> None:
    assert read_cards(card("FN:Müller", charset="latin-1"), "iso-8859-1").cards[0].name == "Müller"
    assert read_cards(card("FN:Müller", charset="latin-1"), "x-nobody").cards[0].name == "Müller"
    assert read_cards(card("FN:Müller", charset="utf-16")).cards[0].name == "Müller"
    assert read_cards(card("FN:Müller", charset="utf-16-be"), "UTF-16BE").cards[0].name == "Müller"
    assert read_cards(b"\xef\xbb\xbf" + card("FN:Müller")).cards[0].name == "Müller"


def test_too_much_is_cut_and_takes_no_time() -> None:
    began = time.process_time()
    assert read_cards(card("FN:a") + b" " * LONGEST).cut
    assert read_cards(card("FN:a") + b"\n a" * MOST_LINES).cut
    for piece in (
        b"\n ",
        b"\nFN:",
        b"\nNOTE;CHARSET=x:\xff\xfe",
        b";",
        b'"',
        b"\\",
        b"=\n",
        b"BEGIN:VCARD\n",
        b"\nA:\\;",
    ):
        assert read_cards(b"BEGIN:VCARD\nN:" + piece * (LONGEST // len(piece))).cards[0] is not None
    # Tens of times what it takes; where any of it grew with the square of its length it would be hours.
    assert time.process_time() - began < 120


@given(
    st.lists(
        st.sampled_from(_PIECES) | st.text(max_size=20),
        max_size=60,
    )
)
def test_nothing_breaks_what_is_read(pieces: list[str]) -> None:
    read = read_cards(f"BEGIN:VCARD\nFN:a\n{''.join(pieces)}".encode("utf-8", "surrogatepass"))
    assert 0 < len(read.cards) <= MOST_CARDS
    for contact in read.cards:
        for line in (contact.name, contact.organisation, *(one.value for one in contact.emails)):
            unseen = {one for one in line if category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
            assert unseen <= set("\u200c\u200d\u200e\u200f") and len(line) <= LONGEST_LINE + 1


@given(st.binary(max_size=500))
def test_nothing_breaks_octets(noise: bytes) -> None:
    assert len(read_cards(b"BEGIN:VCARD\nFN:a\n" + noise).cards) >= 1
