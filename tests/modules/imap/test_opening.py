"""Opening a message whose mailbox is not selected yet: in how many round trips, and that it is as it is."""

import pytest

from core import Conflict, NotFound
from modules.imap.api import ImapStore
from modules.imap.messages import _BEGINNING
from modules.mail.api import MailboxName, Order, PartNumber, Uid
from tests.modules.imap.conftest import Box, Boxes, numbered
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX, PLACE, TEXT = MailboxName("INBOX"), MailboxName("Place"), PartNumber("1")


@pytest.fixture
def box(boxes: Boxes, mail_user: MailUser) -> Box:
    """A user with five messages, connected and logged in."""
    box = boxes.open(mail_user)
    mail_user.append_all(*(numbered(number) for number in range(1, 6)))
    return box


def log_in_anew(box: Box, sent: list[list[bytes]]) -> ImapStore:
    """The store of a session that has only a connection."""
    box.pool.close_session(box.account.session)
    store = box.store()
    store.quota()
    sent.clear()
    return store


def leave(box: Box, sent: list[list[bytes]]) -> ImapStore:
    """The store of another request of the same session, whose connection has no mailbox selected."""
    for shelf in box.pool._shelves.values():
        for kept in shelf.idle:
            kept.connection.unselect()
    sent.clear()
    return box.store()


def read(store: ImapStore, uid: int, order: Order = Order.NEWEST) -> tuple[object, ...]:
    """What a message's page asks: header, text, neighbours, how many there are, and what its folder is called."""
    message = store.message(INBOX, Uid(uid), with_state=True, order=order)
    text = store.part(INBOX, Uid(uid), TEXT, most=100_000)
    place = store.neighbours(INBOX, Uid(uid), order)
    folders = tuple(mailbox.name for mailbox in store.recall_mailboxes())
    return message.header, message.flags, text, place, store.state(INBOX).messages, folders


def test_the_first_message_after_a_log_in_takes_one_round_trip(box: Box, sent: list[list[bytes]]) -> None:
    header, flags, text, place, messages, folders = read(log_in_anew(box, sent), 4)
    assert len(sent) == 1
    assert "Subject: Hello 0004" in str(header)
    assert (flags, text, messages) == (frozenset(), b"Hi 4\r\n", 5)
    assert place == (5, 3, 1, 5)
    assert folders == tuple(mailbox.name for mailbox in box.store().mailboxes())


@pytest.mark.parametrize("order", [Order.NEWEST, Order.OLDEST, Order.SENDER])
def test_what_comes_at_once_is_what_comes_one_after_the_other(box: Box, sent: list[list[bytes]], order: Order) -> None:
    one_by_one = log_in_anew(box, sent)
    one_by_one.rows(INBOX, 0, 1)
    expected = read(one_by_one, 2, order)
    assert read(log_in_anew(box, sent), 2, order) == expected
    assert read(leave(box, sent), 2, order) == expected


def test_where_a_list_was_shown_before_the_log_in_its_beginning_tells_the_place(
    box: Box, mail_user: MailUser, sent: list[list[bytes]]
) -> None:
    box.store().rows(INBOX, 0, 50)
    assert read(log_in_anew(box, sent), 4)[3] == (5, 3, 1, 5)
    assert len(sent) == 1
    assert not any(b"SORT" in command for command in sent[0])
    mail_user.append(numbered(6))
    assert read(log_in_anew(box, sent), 4)[3] == (5, 3, 2, 6)
    # Of one that came since nobody knows yet where it stands.
    assert read(log_in_anew(box, sent), 6)[3] == (None, 5, 0, 6)


def test_a_message_that_is_kept_is_not_fetched_again(box: Box, sent: list[list[bytes]]) -> None:
    before = read(box.store(), 3)
    assert read(leave(box, sent), 3) == before
    assert len(sent) == 1
    assert b"UID FETCH 3 (UID FLAGS)" in sent[0]
    assert not any(b"BODY" in command or b"LIST" in command for command in sent[0])


def test_flags_are_those_of_now(box: Box, mail_user: MailUser, sent: list[list[bytes]]) -> None:
    read(box.store(), 3)
    store = leave(box, sent)
    with mail_user.connection() as connection:
        connection.select("INBOX")
        connection.uid("STORE", "3", "+FLAGS", "(\\Flagged)")
    assert read(store, 3)[1] == frozenset({"\\Flagged"})


def test_a_text_longer_than_what_comes_along_is_whole(box: Box, mail_user: MailUser, sent: list[list[bytes]]) -> None:
    text = b"A line of a long text.\r\n" * 3000
    assert len(text) > _BEGINNING
    uid = mail_user.append(numbered(6) + text)
    assert read(log_in_anew(box, sent), uid)[2] == b"Hi 6\r\n" + text
    assert len(sent) == 2


ALTERNATIVES = (
    b"From: ann@example.org\r\nSubject: Two\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/alternative; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nIn words%b\r\n"
    b"--b\r\nContent-Type: text/html\r\n\r\n<p>In HTML%b\r\n--b--\r\n"
)


def read_two(store: ImapStore, uid: int) -> tuple[bytes, bytes]:
    """A message, and both its texts."""
    store.message(INBOX, Uid(uid), with_state=True)
    words, page = (store.part(INBOX, Uid(uid), PartNumber(one), most=1_000_000) for one in ("1", "2"))
    return words, page


def test_both_texts_of_a_message_that_a_list_told_of_come_with_it(
    box: Box, mail_user: MailUser, sent: list[list[bytes]]
) -> None:
    uid = mail_user.append(ALTERNATIVES % (b"", b""))
    box.store().rows(INBOX, 0, 50)
    sent.clear()
    assert read_two(box.store(), uid) == (b"In words", b"<p>In HTML")
    assert len(sent) == 1


def test_of_a_message_of_two_texts_that_is_long_neither_comes_with_it(
    box: Box, mail_user: MailUser, sent: list[list[bytes]]
) -> None:
    long = b" and so on\r\n" * 12_000
    uid = mail_user.append(ALTERNATIVES % (b"", long))
    box.store().rows(INBOX, 0, 50)
    sent.clear()
    assert read_two(box.store(), uid) == (b"In words", b"<p>In HTML" + long)
    assert len(sent) == 3


def test_what_claims_to_have_alternatives_and_has_one_is_shown_as_it_is(
    box: Box, mail_user: MailUser, sent: list[list[bytes]]
) -> None:
    uid = mail_user.append(ALTERNATIVES.replace(b"--b\r\nContent-Type: text/html", b"X: y") % (b"", b""))
    box.store().rows(INBOX, 0, 50)
    store = box.store()
    store.message(INBOX, Uid(uid), with_state=True)
    assert store.part(INBOX, Uid(uid), PartNumber("1"), most=100).startswith(b"In words")
    with pytest.raises(NotFound, match="no part 2"):
        store.part(INBOX, Uid(uid), PartNumber("2"), most=100)


def test_of_a_message_that_no_list_told_of_a_text_comes_with_it(
    box: Box, mail_user: MailUser, sent: list[list[bytes]]
) -> None:
    short, long = b"A line of a text.\r\n" * 1000, b"A line of a text.\r\n" * 3000
    uids = [mail_user.append(numbered(6) + text) for text in (short, long)]
    box.store().message(INBOX, Uid(1))
    for uid, text, turns in zip(uids, (short, long), (1, 2), strict=True):
        sent.clear()
        store = box.store()
        store.message(INBOX, Uid(uid), with_state=True)
        assert store.part(INBOX, Uid(uid), TEXT, most=1_000_000) == b"Hi 6\r\n" + text
        assert len(sent) == turns


def test_what_is_not_there_is_told(box: Box, mail_user: MailUser, sent: list[list[bytes]]) -> None:
    with pytest.raises(NotFound):
        read(log_in_anew(box, sent), 99)
    with pytest.raises(NotFound):
        log_in_anew(box, sent).message(PLACE, Uid(1), with_state=True, order=Order.NEWEST)


def test_a_mailbox_made_anew_meanwhile_is_not_taken_for_the_old_one(
    box: Box, mail_user: MailUser, sent: list[list[bytes]]
) -> None:
    mail_user.create("Place")
    mail_user.append(numbered(1), "Place")
    old = box.store().message(PLACE, Uid(1), with_state=True)
    store = leave(box, sent)
    with mail_user.connection() as connection:
        connection.delete("Place")
        connection.create("Place")
    mail_user.append(numbered(2), "Place")
    new = store.message(PLACE, Uid(1), with_state=True, order=Order.NEWEST)
    assert b"Hello 0001" in old.header
    assert b"Hello 0002" in new.header


def test_who_expects_another_uidvalidity_gets_no_message(box: Box, sent: list[list[bytes]]) -> None:
    store = log_in_anew(box, sent)
    store.expect(INBOX, 1)
    with pytest.raises(Conflict):
        store.message(INBOX, Uid(1), with_state=True, order=Order.NEWEST)


def test_on_a_bare_server_a_message_is_opened_all_the_same(boxes: Boxes, bare_mail_user: MailUser) -> None:
    bare_mail_user.append_all(*(numbered(number) for number in range(1, 4)))
    found = read(boxes.open(bare_mail_user, rich=False).store(), 2)
    assert found[2:5] == (b"Hi 2\r\n", (3, 1, 1, 3), 3)
