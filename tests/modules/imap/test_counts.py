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
from tests.servers.mail_user import MailUser, quote

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


@pytest.mark.servers
def test_without_list_status_all_are_counted_in_one_round_trip(
    boxes: Boxes, bare_mail_user: MailUser, sent: list[list[bytes]]
) -> None:
    box = boxes.open(bare_mail_user, rich=False)
    for name in ("Garden", "Two words", "&AOQ-pfel", *(f"F{number}" for number in range(9))):
        bare_mail_user.create(name)
        bare_mail_user.run("SUBSCRIBE", quote(name))
    bare_mail_user.append(numbered(1), "&AOQ-pfel")
    bare_mail_user.append(numbered(2))
    box.store().rows(MailboxName("INBOX"), 0, 5)
    bare_mail_user.append(numbered(3))
    sent.clear()
    store = box.store()
    found = store.mailboxes()
    counted = {one.name: (one.messages, one.unseen) for one in found}
    names = [MailboxName(name) for name in ("INBOX", "äpfel", "Two words", "F8")]
    assert [counted[name] for name in names] == [(2, 2), (1, 1), (0, 0), (0, 0)]
    assert [command for turn in sent[:1] for command in turn] == [b'LIST "" *', b'LSUB "" *']
    # What was new in the open one made them be asked again.
    counts = [[one for one in turn if one.startswith(b"STATUS ")] for turn in sent]
    assert [len(turn) for turn in counts if turn] == [len(found), len(found)]
    sent.clear()
    again = box.store()
    assert again.recall_mailboxes() == found and sent == []
    # And the list of the inbox needs no more of its state.
    again.mailboxes()
    sent.clear()
    again.rows(MailboxName("INBOX"), 0, 5)
    assert len(sent) == 1


def test_one_that_the_server_does_not_count_is_shown_without_a_count(bad: Bad) -> None:
    named = b'* LIST () "/" INBOX\r\n* LIST () "/" Garden\r\n* LIST () "/" Kitchen\r\n'
    store = bad.store(
        {
            "LIST": named,
            "LSUB": named.replace(b"LIST", b"LSUB"),
            'STATUS "GARDEN': b"TAG NO denied\r\n",
            'STATUS "KITCHEN': b"* STATUS Kitchen (MESSAGES 4 UNSEEN 2 UIDVALIDITY 1 UIDNEXT 9)\r\n",
        }
    )
    assert [(one.name, one.messages, one.unseen) for one in store.mailboxes()] == [
        ("INBOX", 3, 1),
        ("Garden", None, None),
        ("Kitchen", 4, 2),
    ]


def test_what_nobody_asked_for_counts_nothing(bad: Bad) -> None:
    told = b"* STATUS Other (MESSAGES 4 UNSEEN 2 UIDVALIDITY 1 UIDNEXT 9)\r\n"
    server = bad.server({"LIST": b'* LIST () "/" INBOX\r\n', "STATUS": told})
    connection: ImapConnection = connect(server.server, server.account.credentials)
    lease = Lease(connection, Memory())
    assert [one.messages for one in listing.list_mailboxes(lease, {}, counts=True)] == [None]
    assert lease.moment.states == {}
    connection.close_quietly()
