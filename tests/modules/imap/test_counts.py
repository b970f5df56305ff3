"""Counts beside mailboxes: where they alone changed nothing else is read again, and all is as it is now."""

from collections.abc import Callable

import pytest

from modules.imap import listing
from modules.imap.api import ConnectionPool, ImapStore
from modules.imap.client import ImapConnection
from modules.imap.lease import Lease
from modules.imap.login import connect
from modules.imap.memory import Memory
from modules.imap.names import decode_name
from modules.mail.api import Mailbox, MailboxName, Role
from tests.modules.imap.bad import Bad
from tests.modules.imap.conftest import Box, Boxes, numbered
from tests.servers.mail_user import MailUser

GARDEN, KITCHEN = MailboxName("Garden"), MailboxName("Kitchen")
ANSWER = (
    b'* LIST (\\Subscribed) "/" INBOX\r\n* STATUS INBOX (MESSAGES %d UNSEEN 1)\r\n'
    b'* LIST () "/" Garden\r\n* STATUS Garden (MESSAGES %d UNSEEN 2)\r\n'
)


@pytest.fixture
def arranged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many mailboxes were read anew, each time that they were."""
    counted: list[int] = []
    arrange = listing._arrange

    def note(*arguments: object, **more: bool) -> tuple[Mailbox, ...]:
        found = arrange(*arguments, **more)  # type: ignore[arg-type]  # what it was called with
        counted.append(len(found))
        return found

    monkeypatch.setattr(listing, "_arrange", note)
    return counted


def anew(box: Box) -> tuple[Mailbox, ...]:
    """The mailboxes as a session lists them that knows nothing."""
    pool = ConnectionPool()
    try:
        return ImapStore(pool, box.account).mailboxes()
    finally:
        pool.close()


@pytest.mark.servers
def test_whatever_changes_mailboxes_are_those_that_a_new_session_lists(
    boxes: Boxes, mail_user: MailUser, arranged: list[int]
) -> None:
    box = boxes.open(mail_user)
    mail_user.create("Garden")

    def star() -> None:
        with mail_user.connection() as connection:
            connection.select("INBOX")
            connection.uid("STORE", "1", "+FLAGS", "(\\Seen)")

    def rename() -> None:
        with mail_user.connection() as connection:
            connection.rename("Garden", "Kitchen")

    changes: tuple[tuple[Callable[[], object], bool], ...] = (
        (lambda: mail_user.append(numbered(1)), True),
        (lambda: mail_user.append(numbered(2), "Garden"), True),
        (star, True),
        (lambda: mail_user.create("House"), False),
        (rename, False),
    )
    # A server may list what is new at the end, and in its place the next time.
    for _ in range(2):
        mail_user.append(numbered(0))
        box.store().mailboxes()
    for happen, counts_alone in changes:
        happen()
        arranged.clear()
        found = box.store().mailboxes()
        assert (not arranged) is counts_alone
        assert found == anew(box)


@pytest.mark.servers
def test_those_whose_counts_stay_the_same_stay_the_same_objects(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    mail_user.create("Garden")
    before = {one.name: one for one in box.store().mailboxes()}
    mail_user.append(numbered(1), "Garden")
    after = {one.name: one for one in box.store().mailboxes()}
    assert after[GARDEN].messages == 1
    assert [name for name in after if after[name] is not before[name]] == [GARDEN]


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(ANSWER.replace(b"STATUS Garden", b"STATUS INBOX") % (4, 5), id="of-one-twice"),
        pytest.param(ANSWER.replace(b"STATUS Garden", b"STATUS Kitchen") % (1, 1), id="of-another"),
        pytest.param(ANSWER.replace(b"* STATUS Garden (MESSAGES %d", b"* STATUS (%d") % (1, 9), id="of-none"),
        pytest.param(ANSWER.replace(b"LIST ()", b"LIST (\\Noselect)") % (1, 1), id="other-attributes"),
    ],
)
def test_an_answer_that_differs_in_more_than_counts_is_read_as_a_whole(
    bad: Bad, arranged: list[int], told: bytes
) -> None:
    offered = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN LIST-EXTENDED LIST-STATUS SPECIAL-USE\r\n"
    server = bad.server({"CAPABILITY": offered, "LIST": ANSWER % (1, 1)})
    connection: ImapConnection = connect(server.server, server.account.credentials)
    lease = Lease(connection, Memory())
    listing.list_mailboxes(lease, {}, counts=True)
    server.answers["LIST"] = (ANSWER % (3, 1)).replace(b"LIST ()", b"LIST (\\Marked)")
    assert [one.messages for one in listing.list_mailboxes(lease, {}, counts=True)] == [3, 1]
    assert len(arranged) == 1
    server.answers["LIST"] = told
    listing.list_mailboxes(lease, {}, counts=True)
    assert len(arranged) == 2
    connection.close_quietly()


@pytest.mark.parametrize(
    "counted",
    [b"(MESSAGES 3 UNSEEN 2)", b"(UNSEEN 2 MESSAGES 3)", b"(messages 3 unseen 2)", b"(MESSAGES 3 UNSEEN 2 SIZE 7)"],
)
def test_a_name_is_read_once_for_its_mailbox_and_its_counts_which_come_in_any_order(
    bad: Bad, monkeypatch: pytest.MonkeyPatch, counted: bytes
) -> None:
    read: list[bytes] = []

    def note(raw: bytes, *, utf8: bool) -> MailboxName | None:
        read.append(raw)
        return decode_name(raw, utf8=utf8)

    monkeypatch.setattr(listing, "decode_name", note)
    answer = b'* LIST (\\Drafts 7 NIL) "/" Garden\r\n* STATUS Garden %s\r\n* STATUS Kitchen (UNSEEN 1)\r\n' % counted
    offered = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN LIST-EXTENDED LIST-STATUS SPECIAL-USE\r\n"
    server = bad.server({"CAPABILITY": offered, "LIST": answer})
    connection: ImapConnection = connect(server.server, server.account.credentials)
    (garden,) = listing.list_mailboxes(Lease(connection, Memory()), {}, counts=True)
    assert (garden.messages, garden.unseen, garden.role) == (3, 2, Role.DRAFTS)
    assert read == [b"Garden", b"Kitchen"]
    connection.close_quietly()
