"""Mailboxes by IMAP: listing, roles, making, renaming, deleting, subscriptions and quota."""

import time

import pytest

from core import Conflict, NotFound, Refusal
from modules.imap.errors import BadName
from modules.imap.store import ImapStore
from modules.mail.api import MailboxName, Role, Uid
from tests.modules.imap.conftest import Box

pytestmark = pytest.mark.servers

INBOX = MailboxName("INBOX")


def names(store: ImapStore) -> list[str]:
    return [str(mailbox.name) for mailbox in store.mailboxes()]


def test_mailboxes_come_in_the_order_people_expect(box: Box, store: ImapStore) -> None:
    for name in ("zoo", "Work", "Work/b", "Work/a", "Archive/2024", "apple"):
        box.user.create(name)
    assert names(store) == [
        "INBOX",
        "Drafts",
        "Sent",
        "Archive",
        "Archive/2024",
        "Junk",
        "Trash",
        "apple",
        "Work",
        "Work/a",
        "Work/b",
        "zoo",
    ]


def test_mailboxes_tell_roles_counts_and_subscriptions(box: Box, store: ImapStore) -> None:
    box.user.append("Subject: x\n\ny")
    box.user.append("Subject: x\n\ny", flags="\\Seen")
    box.user.create("Aside")
    listed = {str(mailbox.name): mailbox for mailbox in store.mailboxes()}
    assert (listed["INBOX"].messages, listed["INBOX"].unseen, listed["INBOX"].role) == (2, 1, Role.INBOX)
    assert (listed["Trash"].role, listed["Trash"].subscribed, listed["Aside"].subscribed) == (Role.TRASH, True, False)


def test_counts_are_left_out_when_not_asked_for(store: ImapStore) -> None:
    assert all(mailbox.messages is None for mailbox in store.mailboxes(counts=False))


def test_a_users_assignment_counts_more_than_the_servers(box: Box) -> None:
    box.user.create("Mine")
    store = box.store({Role.TRASH: MailboxName("Mine"), Role.SENT: MailboxName("Vanished")})
    assert store.role_mailbox(Role.TRASH) == "Mine"
    assert store.role_mailbox(Role.SENT) == "Sent"


@pytest.mark.parametrize(
    "name",
    [
        "Übung/日本語",
        "a & b",
        'quo"te\\slash',
        "per%cent*",
        "&amp;",
        "x" * 200,
        "a]",
        "]",
        "a[b",
        "[a",
        "[",
        "a[b]c",
        "[a b]",
        "a~b",
        "a[<1>",
    ],
)
def test_a_mailbox_of_any_name_can_be_made_filled_and_deleted(store: ImapStore, name: str) -> None:
    mailbox = MailboxName(name)
    store.create(mailbox)
    store.append(mailbox, b"Subject: in\r\n\r\nx\r\n")
    assert name in names(store)
    assert store.rows(mailbox, 0, 1).total == 1
    store.delete(mailbox)
    assert name not in names(store)


@pytest.mark.parametrize("name", ["a\r\nX1 LOGOUT", "a\0b", "\x7f", "", "y" * 2000, "\ud800"])
def test_a_name_no_mailbox_can_have_does_no_harm(store: ImapStore, name: str) -> None:
    for act in (store.create, store.delete, store.state):
        with pytest.raises(BadName):
            act(MailboxName(name))
    assert names(store)[0] == "INBOX"


def test_a_made_mailbox_is_subscribed(box: Box, store: ImapStore) -> None:
    store.create(MailboxName("New"))
    assert next(one for one in box.store().mailboxes() if one.name == "New").subscribed


def test_a_taken_name_is_a_conflict(store: ImapStore) -> None:
    store.create(MailboxName("Twice"))
    with pytest.raises(Conflict, match="There is a folder Twice already"):
        store.create(MailboxName("Twice"))


def test_subscriptions_follow_a_renamed_mailbox_and_those_below(box: Box, store: ImapStore) -> None:
    store.create(MailboxName("Old"))
    store.create(MailboxName("Old/Below"))
    store.rows(MailboxName("Old"), 0, 1)
    store.rename(MailboxName("Old"), MailboxName("New"))
    listed = {str(mailbox.name): mailbox.subscribed for mailbox in box.store().mailboxes()}
    assert {name: listed.get(name) for name in ("Old", "New", "New/Below")} == {
        "Old": None,
        "New": True,
        "New/Below": True,
    }


def test_the_inbox_is_neither_renamed_nor_deleted(store: ImapStore) -> None:
    with pytest.raises(Refusal, match="inbox cannot be renamed"):
        store.rename(INBOX, MailboxName("Other"))
    with pytest.raises(Refusal, match="inbox cannot be deleted"):
        store.delete(INBOX)


def test_a_mailbox_that_is_open_can_be_deleted(store: ImapStore) -> None:
    store.create(MailboxName("Open"))
    store.rows(MailboxName("Open"), 0, 1)
    store.delete(MailboxName("Open"))
    assert "Open" not in names(store)
    with pytest.raises(NotFound):
        store.rows(MailboxName("Open"), 0, 1)


def test_a_mailbox_deleted_elsewhere_is_not_found(box: Box, store: ImapStore) -> None:
    box.user.create("Gone")
    assert store.rows(MailboxName("Gone"), 0, 1).total == 0
    box.user.run("DELETE", "Gone")
    with pytest.raises(NotFound, match="There is no folder Gone"):
        box.store().rows(MailboxName("Gone"), 0, 1)


def test_a_mailbox_made_anew_within_a_request_is_a_conflict(box: Box, store: ImapStore) -> None:
    anew = MailboxName("Anew")
    box.user.create("Anew")
    box.user.append("Subject: x\n\ny", "Anew")
    uid = store.rows(anew, 0, 1).rows[0].uid
    box.user.run("DELETE", "Anew")
    _wait_for_another_second()
    box.user.create("Anew")
    with pytest.raises(Conflict, match="Anew was made anew"):
        store.message(anew, uid)


def test_what_is_meant_for_a_mailbox_deleted_elsewhere_is_told_so(box: Box) -> None:
    gone, trash = MailboxName("Gone"), MailboxName("Trash")
    for moves in (True, False):
        box.user.create("Gone")
        uids = [Uid(box.user.append("Subject: x\n\ny", "Gone"))]
        box.store().rows(gone, 0, 1)
        box.user.run("DELETE", "Gone")
        store = box.store()
        with pytest.raises(NotFound, match="There is no folder Gone"):
            store.move(gone, uids, trash) if moves else store.erase(gone, uids)


def test_subscriptions_are_changed(box: Box, store: ImapStore) -> None:
    store.create(MailboxName("Mine"))
    for wanted in (False, True):
        store.subscribe(MailboxName("Mine"), wanted)
        assert next(one for one in box.store().mailboxes() if one.name == "Mine").subscribed is wanted


def test_the_quota_is_told_where_the_server_has_one(box: Box, store: ImapStore) -> None:
    quota = store.quota()
    assert (quota.limit if quota else None) == (1024**3 if box.rich else None)


def test_a_store_knows_its_account(store: ImapStore) -> None:
    assert store.account == "main"


def _wait_for_another_second() -> None:
    """UIDVALIDITY is the time in seconds: let the clock go on."""
    end = int(time.time())
    while int(time.time()) == end:
        time.sleep(0.02)
