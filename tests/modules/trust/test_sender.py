"""What the header of a message says against its sender."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.trust.results import Doubt, Weight
from modules.trust.sender import Header, doubts_about

NOW = datetime(2026, 5, 2, 12, tzinfo=UTC)
DATE = "Date: Fri, 01 May 2026 10:00:00 +0000\r\n"
ADA = "From: Ada Field <ada@example.org>\r\n"


def word(text: str) -> str:
    return f"=?utf-8?b?{b64encode(text.encode()).decode()}?="


def doubts(block: str, received: datetime = NOW - timedelta(days=1)) -> tuple[Doubt, ...]:
    return doubts_about(Header(block.encode()), received, NOW, ["example.org", "robin.test"])


def whats(block: str) -> list[str]:
    return [str(doubt.what) for doubt in doubts(block)]


def test_an_honest_message_raises_no_doubt() -> None:
    assert doubts(ADA + DATE + "Reply-To: list@mail.example.org\r\nSender: Ada <ada@example.org>\r\n") == ()


@pytest.mark.parametrize(
    "name",
    [
        '"boss@example.org"',
        '"Boss boss@example.org (Boss)"',
        word("boss@exa\u200bmple.org"),
        word("boss＠example.org"),
        word("\u202eboss@example.org"),
    ],
)
def test_a_name_that_is_another_address_is_noticed(name: str) -> None:
    (doubt,) = (one for one in doubts(f"From: {name} <eve@evil.test>\r\n{DATE}") if one.weight is Weight.DANGER)
    assert doubt.what == "The sender's name is an address that is not the sender's."
    assert doubt.why == "The name says boss@example.org, but the message is from eve@evil.test."


def test_a_name_that_is_the_senders_own_address_is_fine() -> None:
    assert doubts(f'From: "Ada@Example.org " <ada@example.org>\r\n{DATE}') == ()


@pytest.mark.parametrize("domain", ["examp1e.org", "xn--xample-2of.org", "robin.test.evil.example"])
def test_a_domain_that_looks_like_the_users_own_is_noticed(domain: str) -> None:
    found = doubts(f"From: x@{domain}\r\n{DATE}")
    assert [one for one in found if one.what == "The sender's address can be mistaken for one that you know."]


@pytest.mark.parametrize(
    ("domain", "what"),
    [
        ("xn--80ak6aa92e.com", "The sender's domain only looks like appie.com."),
        ("xn--pypal-4ve.com", "The sender's domain mixes letters of several scripts."),
        ("xn--99999999.com", "The sender's domain cannot be read."),
        ("xn--mller-kva.de", "The sender's domain is written with letters beyond a to z."),
    ],
)
def test_a_domain_in_other_letters_is_explained(domain: str, what: str) -> None:
    (doubt,) = doubts(f"From: x@{domain}\r\n{DATE}")
    assert doubt.what == what
    assert (doubt.weight is Weight.NOTE) == (domain == "xn--mller-kva.de")


def test_replies_to_another_domain_are_noticed() -> None:
    (doubt,) = doubts(ADA + DATE + "Reply-To: Ada <ada@exampel.test>, eve@evil.test\r\n")
    assert doubt.what == "Replies go to somebody else."
    assert doubt.why == "They go to ada@exampel.test, at another domain than ada@example.org."


def test_several_senders_are_noticed() -> None:
    assert whats(f"From: ada@example.org, eve@evil.test\r\n{DATE}") == ["This message names several senders."]
    assert whats(f"From: ada@example.org\r\nFrom: eve@evil.test\r\n{DATE}") == [
        "This message says more than once who it is from."
    ]


def test_no_sender_is_noticed() -> None:
    assert whats(DATE) == whats(f"From:\r\n{DATE}") == ["This message does not say who it is from."]


def test_who_sends_for_another_is_worth_a_note() -> None:
    (doubt,) = doubts(ADA + DATE + "Sender: robot@lists.test\r\n")
    assert doubt.weight is Weight.NOTE
    assert doubt.what == "It was sent by robot@lists.test in the name of ada@example.org."


@pytest.mark.parametrize(
    "address",
    [
        f"{word('boss@example.org')}{word(chr(0))}@evil.test",
        f"<{word('boss@example.org')}@evil.test>",
        "<boss@example.org@evil.test>",
        "Boss",
    ],
)
def test_an_address_that_is_not_written_as_one_is_noticed(address: str) -> None:
    assert "The sender's address is not written as addresses are." in whats(f"From: {address}\r\n{DATE}")


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\x08", "\x1b", "\u2066", "\u00ad", "\U000e0041", "\ufeff"])
def test_characters_that_cannot_be_seen_are_noticed(hidden: str) -> None:
    assert whats(f"From: {word(f'A{hidden}da')} <ada@example.org>\r\n{DATE}") == [
        "The sender's name holds characters that cannot be seen."
    ]
    assert whats(f"{ADA}{DATE}Subject: {word(f'In{hidden}voice')}\r\n") == [
        "The subject holds characters that cannot be seen."
    ]


@pytest.mark.parametrize("name", ["علی\u200cرضا", "👩\u200d💻 Ada", "דנה\u200f", "Ada\r\n Field"])
def test_characters_that_languages_need_are_fine(name: str) -> None:
    assert doubts(f"From: {word(name)} <ada@example.org>\r\n{DATE}") == ()


@pytest.mark.parametrize(
    ("date", "what"),
    [
        ("Date: Fri, 01 May 2099 10:00:00 +0000", "The date of this message lies after the day on which it arrived."),
        ("Date: Sat, 02 May 2026 11:59:00 +0000", ""),
        ("Date: Sat, 02 May 2026 12:30:00 +0000", "The date of this message lies after the day on which it arrived."),
        ("Date: Thu, 01 Jan 1970 00:00:00 +0000", "The date of this message cannot be right."),
        ("Date: yesterday", "The date of this message cannot be read."),
        ("Subject: x", "This message has no date."),
    ],
)
def test_a_date_that_cannot_be_is_noticed(date: str, what: str) -> None:
    received = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
    assert [str(one.what) for one in doubts(f"{ADA}{date}\r\n", received)] == ([what] if what else [])


def test_what_a_sentence_quotes_of_a_message_is_short_and_clean() -> None:
    (doubt,) = doubts(f"{ADA}{DATE}Reply-To: <{'x' * 200}@evil\u202e.test>\r\n")[1:] or doubts(
        f"{ADA}{DATE}Reply-To: <{'x' * 200}@evil.test>\r\n"
    )
    assert len(doubt.why) < 250 and "\u202e" not in doubt.why


@given(st.binary(max_size=500))
def test_any_header_can_be_judged(block: bytes) -> None:
    found = doubts_about(Header(block), NOW, NOW, ["example.org"])
    assert all(doubt.what and doubt.why for doubt in found)


@given(st.sampled_from(["From", "Sender", "Reply-To", "Date", "Subject"]), st.text(max_size=120))
def test_any_field_can_be_judged(name: str, text: str) -> None:
    block = f"{ADA}{name}: {text}\r\n".encode("utf-8", "surrogatepass")
    assert all(doubt.what and doubt.why for doubt in doubts_about(Header(block), NOW, NOW, ["example.org"]))
