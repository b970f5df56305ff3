"""What an answer takes over."""

from datetime import UTC, datetime
from gettext import NullTranslations
from html import escape

import pytest

from core import Sentence
from core.output.words import say
from modules.mail.api import (
    Correspondent,
    Envelope,
    forward_intro,
    forward_subject,
    quote_text,
    reply_intro,
    reply_recipients,
    reply_references,
    reply_subject,
)
from modules.mail.quoting import base_subject

ANN, BOB, CAT, ME = (Correspondent(name, f"{name.lower()}@x.org") for name in ("Ann", "Bob", "Cat", "Me"))
OWN = {"me@x.org"}
SENT = datetime(2026, 11, 2, 9, 5, tzinfo=UTC)


def said(sentence: Sentence) -> str:
    """The words of a sentence in English, with its dates."""
    return say(sentence, NullTranslations(), "en")


@pytest.mark.parametrize(
    ("subject", "answered"),
    [
        ("Tea", "Re: Tea"),
        ("Re: Tea", "Re: Tea"),
        ("AW: RE[2]: Tea", "Re: Tea"),
        ("SV: Antw: Tea", "Re: Tea"),
        ("", "Re:"),
        ("Fwd: Tea", "Re: Fwd: Tea"),
        ("Really: Tea", "Re: Really: Tea"),
    ],
)
def test_a_subject_is_answered_once(subject: str, answered: str) -> None:
    assert reply_subject(subject) == answered


def test_a_subject_is_forwarded_once() -> None:
    assert forward_subject("WG: Fwd: Tea") == "Fwd: Tea"
    assert base_subject("Re: Fwd: AW: Tea") == "Tea"


def test_an_answer_goes_to_the_sender() -> None:
    envelope = Envelope(sender=(ANN,), to=(ME, BOB), cc=(CAT,))
    assert reply_recipients(envelope, OWN, to_all=False) == ((ANN,), ())


def test_an_answer_to_all_goes_to_the_others_too() -> None:
    envelope = Envelope(sender=(ANN,), to=(ME, BOB, ANN), cc=(CAT, BOB))
    assert reply_recipients(envelope, OWN, to_all=True) == ((ANN,), (BOB, CAT))


def test_an_answer_goes_where_the_sender_asks() -> None:
    assert reply_recipients(Envelope(sender=(ANN,), reply_to=(BOB,)), OWN, to_all=False) == ((BOB,), ())


def test_an_answer_to_ones_own_message_goes_to_its_recipients() -> None:
    envelope = Envelope(sender=(ME,), to=(ANN,), cc=(BOB,))
    assert reply_recipients(envelope, OWN, to_all=True) == ((ANN,), (BOB,))
    assert reply_recipients(envelope, OWN, to_all=False) == ((ANN,), ())


def test_somebody_without_an_address_is_left_out() -> None:
    assert reply_recipients(Envelope(sender=(Correspondent("x", ""),)), OWN, to_all=False) == ((), ())


def test_references_grow_by_the_answered_message() -> None:
    assert reply_references(Envelope(message_id="<2@x>", references=("<1@x>",))) == ("<1@x>", "<2@x>")
    assert reply_references(Envelope(message_id="<2@x>", in_reply_to=("<1@x>",))) == ("<1@x>", "<2@x>")
    assert reply_references(Envelope()) == ()


def test_a_long_row_of_references_keeps_its_ends() -> None:
    row = tuple(f"<{number}@x>" for number in range(80))
    chain = reply_references(Envelope(message_id="<new@x>", references=row))
    assert (len(chain), chain[0], chain[-1]) == (50, "<0@x>", "<new@x>")


def test_text_is_quoted_line_by_line() -> None:
    assert quote_text("a\r\n\r\n> b\n\n") == "> a\n>\n>> b"


def test_the_line_above_a_quote_says_who_and_when() -> None:
    assert said(reply_intro(ANN, SENT)) == "On Monday, 2 November 2026, 09:05 UTC, Ann wrote:"
    assert said(reply_intro(None, None)) == "Somebody wrote:"


def test_names_stand_above_a_quote_as_they_are_to_be_written() -> None:
    assert said(reply_intro(Correspondent("A < B", "a@x.org"), None, write=escape)) == "A &lt; B wrote:"


def test_the_lines_above_a_forwarded_message_say_where_it_came_from() -> None:
    envelope = Envelope("Tea", (ANN,), to=(Correspondent("", "b@x.org"),), date=SENT)
    assert said(forward_intro(envelope)).split("\n") == [
        "---------- Forwarded message ----------",
        "From: Ann <ann@x.org>",
        "Date: Monday, 2 November 2026, 09:05 UTC",
        "Subject: Tea",
        "To: b@x.org",
    ]
