"""What is kept of messages between requests: how much, for whom, and what is asked for again all the same."""

from datetime import UTC, datetime, timedelta

import pytest

from modules.imap.client import Command
from modules.imap.kept import Bounded
from modules.imap.login import connect
from modules.mail.api import MailboxName, Order, PartNumber, Uid
from tests.modules.imap.bad import Bad
from tests.modules.imap.conftest import Box, Boxes, account_of, numbered
from tests.servers.mail_user import MailUser

INBOX = MailboxName("INBOX")
STATUS = b"* STATUS INBOX (UNSEEN %d)\r\n"
DAY = datetime(2026, 3, 1, tzinfo=UTC)


def asked_by(box: Box) -> int:
    """How many commands the pool's connections have sent."""
    return sum(kept.connection.asked for shelf in box.pool._shelves.values() for kept in shelf.idle)


def newest(box: Box, order: Order = Order.NEWEST) -> list[int]:
    """The UIDs of a list's first rows, for one more request."""
    return [row.uid for row in box.store().rows(INBOX, 0, 50, order).rows]


def test_what_was_not_asked_for_longest_makes_room() -> None:
    kept: Bounded[str] = Bounded(10)
    kept.keep("a", "A", 4)
    kept.keep("b", "B", 4)
    assert kept.get("a") == "A"
    kept.keep("c", "C", 4)
    assert [kept.get(name) for name in "abc"] == ["A", None, "C"]
    assert kept.held == 8


def test_what_is_larger_than_all_the_room_is_not_kept_nor_what_it_replaces() -> None:
    kept: Bounded[str] = Bounded(10)
    kept.keep("a", "A", 4)
    kept.keep("a", "too large", 11)
    assert (kept.get("a"), kept.held) == (None, 0)


@pytest.mark.servers
def test_a_list_that_did_not_change_takes_one_round_trip(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    uids = [mail_user.append(numbered(number)) for number in (1, 2)]
    assert newest(box) == uids[::-1]
    before = asked_by(box)
    assert newest(box) == uids[::-1]
    assert asked_by(box) - before == 2  # NOOP and STATUS, sent at once


@pytest.mark.servers
def test_a_message_and_its_text_are_fetched_once(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    uid = Uid(mail_user.append(numbered(1)))

    def look() -> tuple[bytes, bytes]:
        store = box.store()
        return store.message(INBOX, uid).header, store.part(INBOX, uid, PartNumber("1"), most=99)

    first, before = look(), asked_by(box)
    assert look() == first
    assert asked_by(box) - before == 2  # NOOP, and FETCH of the flags


@pytest.mark.servers
def test_a_text_that_is_kept_is_not_shown_of_a_message_that_vanished(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    uid = Uid(mail_user.append(numbered(1)))
    assert box.store().part(INBOX, uid, PartNumber("1"), most=99) == b"Hi 1\r\n"
    assert box.store().part(INBOX, uid, PartNumber("1"), most=99) == b"Hi 1\r\n"
    with mail_user.connection() as other:
        other.select()
        other.store("1", "+FLAGS", "\\Deleted")
        other.expunge()
    with pytest.raises(Exception, match="no longer in INBOX"):
        box.store().part(INBOX, uid, PartNumber("1"), most=99)


@pytest.mark.servers
def test_nothing_is_kept_after_the_session_ends_or_with_another_password(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    uid = mail_user.append(numbered(1))
    newest(box)
    memory = box.pool.memory(box.account)
    assert newest(boxes.open(mail_user)) == [uid]
    assert box.pool.memory(account_of(mail_user, "another session")) is not memory
    box.pool.close_session(box.account.session)
    assert box.pool.memory(box.account) is not memory


@pytest.mark.servers
@pytest.mark.parametrize("order", [Order.NEWEST, Order.OLDEST])
def test_what_comes_and_goes_finds_its_place_in_a_known_order(boxes: Boxes, mail_user: MailUser, order: Order) -> None:
    box = boxes.open(mail_user)
    uids = [mail_user.append(numbered(day), received=DAY + timedelta(days=day)) for day in (1, 3, 5)]
    newest(box, order)
    late = mail_user.append(numbered(9), received=DAY + timedelta(days=9))
    between = mail_user.append(numbered(4), received=DAY + timedelta(days=4))
    old = mail_user.append(numbered(0), received=DAY)
    with mail_user.connection() as other:
        other.select()
        other.uid("STORE", str(uids[1]), "+FLAGS", "(\\Deleted)")
        other.expunge()
    expected = [old, uids[0], between, uids[2], late]
    assert newest(box, order) == (expected[::-1] if order is Order.NEWEST else expected)


@pytest.mark.servers
def test_many_that_went_at_once_are_left_out(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    with mail_user.connection() as other:
        for number in range(30):
            other.append("INBOX", "", "", numbered(number))
        newest(box)
        other.select()
        other.store("1:25", "+FLAGS", "\\Deleted")
        other.expunge()
    assert newest(box) == [30, 29, 28, 27, 26]


@pytest.mark.servers
def test_many_old_ones_that_came_at_once_are_sorted(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    first = mail_user.append(numbered(0), received=DAY + timedelta(days=99))
    newest(box)
    others = [mail_user.append(numbered(day), received=DAY + timedelta(days=day)) for day in range(12)]
    assert newest(box) == [first, *others[::-1]]


@pytest.mark.servers
def test_what_came_into_an_empty_mailbox_is_listed(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    assert newest(box) == []
    first = mail_user.append(numbered(1))
    assert newest(box) == [first]


def test_commands_sent_at_once_may_end_in_any_order(bad: Bad) -> None:
    server = bad.server({"NOOP": b"", "STATUS": STATUS % 2})
    connection = connect(server.server, server.account.credentials)
    replies = connection.run_all([Command(b"NOOP"), Command(b"STATUS", (b"INBOX", b"(UNSEEN)"))])
    assert [reply.ok for reply in replies] == [True, True]
    assert [heard.kind for heard in replies[0].heard] == ["STATUS"]
    connection.close_quietly()


def test_a_whole_page_looks_for_a_conversation_only_around_its_message(bad: Bad) -> None:
    server = bad.server(
        {
            "SELECT": b"* 3000 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4000] x\r\n",
            "STATUS": b"* STATUS INBOX (MESSAGES 3000 UIDNEXT 4000 UIDVALIDITY 7 UNSEEN 2)\r\n",
            "UID FETCH": b"* 1 FETCH (UID 1500 BODY[HEADER.FIELDS (X)] {27}\r\nMessage-ID: <long@x.test>\r\n)\r\n",
            "UID SEARCH": b"* SEARCH 1499 1500\r\n",
        }
    )
    assert server.store(bad.pool).conversation(INBOX, Uid(1500), nearby=True) == (1499, 1500)
    assert b"UID 500:2500" in server.said("UID SEARCH")[0]
