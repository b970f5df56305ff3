"""Answers of few octets that would take much memory or time, and numbers that are none."""

import pytest

from modules.imap import following, reader, searching
from modules.imap.changes import _numbers
from modules.imap.client import Reply
from modules.imap.errors import ServerGone
from modules.imap.memory import Threads
from modules.imap.selected import Selected
from modules.imap.told import Heard
from modules.mail.api import MailboxName, MailboxState, Query, Uid
from tests.modules.imap.bad import Bad
from tests.modules.imap.test_bad_words import INBOX, connected, offering

THOUSANDS = b"9" * 5000


def heard(kind: str, *texts: bytes) -> Reply:
    """A reply of which this was heard."""
    return Reply("OK", b"", tuple(Heard(kind, (text,)) for text in texts))


@pytest.mark.parametrize("kind", [b"FETCH", b"X"])
def test_literals_count_for_the_memory_that_they_take(bad: Bad, kind: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    told = b"* 1 %b (X%b)\r\n" % (kind, b" {0}\r\n" * 2000)
    connection = connected(bad.server({"NOOP": told}))
    monkeypatch.setattr(reader, "LONGEST_ANSWER", len(told) + 100_000)
    with pytest.raises(ServerGone, match="never ends"):
        connection.run(b"NOOP")


def test_what_was_found_is_bounded_in_all_answers_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST_NUMBERS", 100)
    told = [b'(TAG "x") UID ALL %d:%d' % (first, first + 59) for first in (1, 101, 201)]
    assert searching.read_found(heard("ESEARCH", *told)) == [*range(1, 61)]


def test_what_vanished_is_bounded_in_all_answers_together() -> None:
    told = b"(EARLIER) 1:60000"
    assert following._vanished(heard("VANISHED", told)) == {*range(1, 60_001)}
    assert following._vanished(heard("VANISHED", told, told)) is None


def test_what_came_elsewhere_is_bounded_in_all_answers_together() -> None:
    told = b"1:60000"
    assert len(_numbers(heard("COPYUID", told), "COPYUID", rb"(.*)")) == 60_000
    assert _numbers(heard("COPYUID", told, told), "COPYUID", rb"(.*)") == []


def test_what_vanished_of_a_selected_mailbox_is_counted_at_any_size() -> None:
    selected = Selected(b"INBOX", messages=4_000_000)
    selected.hear(Heard("VANISHED", (b"1:3000000",)))
    assert selected.messages == 1_000_000


def test_a_number_of_thousands_of_digits_is_told_as_an_answer_that_makes_no_sense(bad: Bad) -> None:
    store = bad.store({"UID SEARCH": b"* SEARCH 1 " + THOUSANDS + b"\r\n"})
    with pytest.raises(ServerGone, match="thousands of digits"):
        store.uids(MailboxName("INBOX"), Query(subject="x"))


def test_a_number_of_thousands_of_digits_is_in_no_conversation(bad: Bad) -> None:
    told = b"* THREAD (2 " + THOUSANDS + b" 3)\r\n"
    store = bad.store({"CAPABILITY": offering(b"THREAD=REFERENCES"), "UID THREAD": told})
    assert store.conversation(INBOX, Uid(2)) == (2, 3)
    state = MailboxState(uidvalidity=7, uidnext=4, messages=3, unseen=0)
    assert Threads(state, b" 2 " + THOUSANDS + b" 3 \n").of(2) == {2, 3}
