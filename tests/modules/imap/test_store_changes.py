"""Changing mail by IMAP: flags, moving, erasing, storing, and never touching what was not named."""

from datetime import datetime, timedelta, timezone

import pytest

from core import NotFound
from modules.imap.errors import BadName, QuotaFull
from modules.imap.store import ImapStore
from modules.mail.api import FLAGGED, JUNK, SEEN, MailboxName, Uid
from tests.modules.imap.conftest import Box, Boxes
from tests.servers.mail_user import new_user

pytestmark = pytest.mark.servers

INBOX, TRASH, NOWHERE = MailboxName("INBOX"), MailboxName("Trash"), MailboxName("Nowhere")


@pytest.fixture
def uids(box: Box) -> list[Uid]:
    """The UIDs of three messages."""
    return [Uid(box.user.append(f"Message-ID: <m{number}@x.test>\nSubject: {number}\n\nx")) for number in range(3)]


def test_flags_and_keywords_are_added_and_removed(box: Box, store: ImapStore, uids: list[Uid]) -> None:
    store.flag(INBOX, uids[:2], add=[SEEN, JUNK])
    store.flag(INBOX, uids[:1], add=[FLAGGED], remove=[JUNK])
    assert box.user.flags(uids[0]) >= {SEEN, FLAGGED}
    assert JUNK not in box.user.flags(uids[0])
    assert box.user.flags(uids[1]) >= {SEEN, JUNK}
    assert SEEN not in box.user.flags(uids[2])
    assert store.keywords_kept


def test_a_flag_reaches_a_message_that_came_meanwhile(box: Box, store: ImapStore, uids: list[Uid]) -> None:
    store.flag(INBOX, uids, add=[SEEN])
    new = Uid(box.user.append("Subject: new\n\nx"))
    store.flag(INBOX, [new], add=[SEEN])
    assert SEEN in box.user.flags(new)


@pytest.mark.parametrize("flag", ["a b", "x)\r\nX1 LOGOUT", "", "\\*", "ü", "a" * 200, "\\Recent", "(", "\0"])
def test_what_cannot_be_a_keyword_is_refused(store: ImapStore, uids: list[Uid], flag: str) -> None:
    with pytest.raises(BadName):
        store.flag(INBOX, uids, add=[flag])


def test_moved_messages_are_in_the_target_and_nowhere_else(box: Box, store: ImapStore, uids: list[Uid]) -> None:
    moved = store.move(INBOX, uids[:2], TRASH)
    assert box.user.uids() == [uids[2]]
    assert len(box.user.uids("Trash")) == moved.count == 2
    assert list(moved.uids) == (box.user.uids("Trash") if box.rich or moved.uids else [])


def test_a_move_to_nowhere_loses_nothing(box: Box, store: ImapStore, uids: list[Uid]) -> None:
    with pytest.raises(NotFound, match="There is no folder Nowhere"):
        store.move(INBOX, uids, NOWHERE)
    assert box.user.uids() == uids
    assert "\\Deleted" not in box.user.flags(uids[0])


def test_copied_messages_are_in_both(box: Box, store: ImapStore, uids: list[Uid]) -> None:
    assert store.copy(INBOX, uids, TRASH).count == 3
    assert (box.user.uids(), len(box.user.uids("Trash"))) == (uids, 3)


def test_erasing_leaves_what_others_marked_as_deleted(box: Box, store: ImapStore, uids: list[Uid]) -> None:
    with box.user.connection() as connection:
        connection.select("INBOX")
        connection.uid("STORE", str(uids[2]), "+FLAGS", "(\\Deleted)")
    assert store.erase(INBOX, [uids[0]]) == 1
    assert box.user.uids() == uids[1:]
    assert "\\Deleted" in box.user.flags(uids[2])


def test_erasing_nothing_erases_nothing(box: Box, store: ImapStore, uids: list[Uid]) -> None:
    assert store.erase(INBOX, []) == 0
    assert box.user.uids() == uids


def test_an_emptied_mailbox_is_empty(box: Box, store: ImapStore, uids: list[Uid]) -> None:
    store.move(INBOX, uids, TRASH)
    assert store.empty(TRASH) == 3
    assert box.user.uids("Trash") == []


def test_a_stored_message_is_there_with_flags_time_and_uid(box: Box, store: ImapStore) -> None:
    at = datetime(2026, 5, 6, 7, 8, 9, tzinfo=timezone(timedelta(hours=-3)))
    message = "Message-ID: <stored@x.test>\r\nSubject: Grüße\r\n\r\nx\r\n".encode()
    stored = store.append(INBOX, message, [SEEN, "$Forwarded"], at)
    assert box.user.messages() == [message]
    assert stored.uid == box.user.uids()[0]
    assert box.user.flags(box.user.uids()[0]) >= {SEEN, "$Forwarded"}
    assert store.rows(INBOX, 0, 1).rows[0].received == at


def test_a_large_message_is_stored_whole(box: Box, store: ImapStore) -> None:
    message = b"Subject: large\r\n\r\n" + b"0123456789abcde\r\n" * 50_000
    store.append(INBOX, message, received=datetime(2026, 1, 1))
    assert box.user.messages() == [message]


def test_a_message_cannot_be_stored_nowhere(store: ImapStore) -> None:
    with pytest.raises(NotFound, match="There is no folder Nowhere"):
        store.append(NOWHERE, b"Subject: x\r\n\r\n" + b"y" * 100_000)
    assert store.rows(INBOX, 0, 1).total == 0


def test_a_full_store_says_so_and_stays_usable(box: Box, boxes: Boxes) -> None:
    small = boxes.open(new_user(box.user.dovecot, quota="10K"), rich=box.rich)
    with pytest.raises(QuotaFull, match="quota is used up"):
        small.store().append(INBOX, b"Subject: x\r\n\r\n" + b"y" * 100_000)
    assert small.store().rows(INBOX, 0, 1).total == 0


def test_the_newest_message_with_an_identifier_is_found(box: Box, store: ImapStore, uids: list[Uid]) -> None:
    again = box.user.append("Message-ID: <m1@x.test>\n\nx")
    assert store.find_message_id(INBOX, "<m1@x.test>") == again
    assert store.find_message_id(INBOX, "<nobody@x.test>") is None
    assert store.find_message_id(INBOX, "\r\n") is None


def test_thousands_of_scattered_messages_are_changed_in_pieces(box: Box, store: ImapStore) -> None:
    with box.user.connection() as connection:
        for _ in range(400):
            connection.append("INBOX", "", "", b"Subject: x\r\n\r\nx\r\n")
        connection.select("INBOX")
        for _ in range(3):
            connection.copy("1:*", "INBOX")
            connection.noop()
    odd = [Uid(uid) for uid in box.user.uids() if uid % 2]
    store.flag(INBOX, odd, add=[SEEN])
    assert store.state(INBOX).unseen == 3200 - len(odd)
    assert store.move(INBOX, odd, TRASH).count == len(odd)
    assert len(box.user.uids("Trash")) == len(odd)
