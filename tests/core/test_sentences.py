"""Sentences that remember what they were made of."""

import copy
import json
from datetime import datetime, timedelta, timezone

import pytest

from core import Conflict, InputError, Moment, Sentence
from core.sentences import pack, unpack


def test_a_sentence_is_english_as_it_stands() -> None:
    assert Sentence("%(folder)s was deleted.", folder="Trash") == "Trash was deleted."
    assert Sentence("100 %% of it") == "100 % of it"


def test_a_sentence_about_a_number_has_the_right_plural() -> None:
    one, many = "%(num)s message in %(folder)s", "%(num)s messages in %(folder)s"
    assert Sentence.counted(one, many, 1, folder="Sent") == "1 message in Sent"
    assert Sentence.counted(one, many, 1200, folder="Sent") == "1,200 messages in Sent"


def test_sentences_and_plain_words_are_joined() -> None:
    joined = Sentence.joined(["ann@example.org", Sentence("is away"), "100 %"], " % ")
    assert joined == "ann@example.org % is away % 100 %"
    assert Sentence.joined([]) == ""


def test_a_value_that_is_missing_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        Sentence("%(folder)s was deleted.")


def test_an_error_keeps_its_sentence() -> None:
    told = str(Conflict(Sentence("%(name)s is gone.", name="x")))
    assert isinstance(told, Sentence) and told.text == "%(name)s is gone."
    wrong = str(InputError("to", Sentence("is missing")))
    assert wrong == "to: is missing" and isinstance(wrong, Sentence)


@pytest.mark.parametrize(
    "text",
    [
        "plain words, 100 %",
        Sentence("%(name)s is your folder for %(use)s.", name="X", use=Sentence("spam")),
        Sentence.counted("%(num)s thing of %(size)s", "%(num)s things of %(size)s", 3, size=12),
        Sentence.within("folder", "Archive"),
        Sentence.joined(["a", Sentence("b")]),
        Sentence("since %(since)s", since=Moment(datetime(2026, 5, 1, 14, tzinfo=timezone(timedelta(hours=2))))),
    ],
)
def test_text_is_the_same_after_it_was_packed(text: str) -> None:
    again = unpack(json.loads(json.dumps(pack(text))))
    assert (again, type(again), pack(again)) == (text, type(text), pack(text))


def test_a_copy_of_a_sentence_is_one() -> None:
    sentence = Sentence("%(name)s is gone.", name="x")
    assert pack(copy.deepcopy(sentence)) == pack(sentence)


def test_a_moment_stands_in_utc_and_is_in_a_zone() -> None:
    moment = Moment(datetime(2026, 5, 1, 14, tzinfo=timezone(timedelta(hours=2))))
    assert moment == str(moment) == copy.copy(moment) == "2026-05-01 12:00 UTC"
    with pytest.raises(ValueError, match="in no zone"):
        Moment(datetime(2026, 5, 1, 14))  # what must not be
