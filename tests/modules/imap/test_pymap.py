"""A whole day with a plain server that is not Dovecot."""

from collections.abc import Iterator

import pytest

from core import Secret, tls
from demo.pymap_server import PymapServer
from modules.imap.api import Account, ConnectionPool, Credentials, ImapStore, Server
from modules.mail.api import SEEN, MailboxName, Order, PartNumber, Query, Role

pytestmark = pytest.mark.servers

INBOX = MailboxName("INBOX")


@pytest.fixture
def store(pymap: PymapServer) -> Iterator[ImapStore]:
    """The store of pymap's only user, with an empty INBOX."""
    options = tls.TlsOptions(tls.Security.STARTTLS, pymap.certificates.ca_file)
    ((name, password),) = pymap.passwords.items()
    pool = ConnectionPool()
    server = Server("localhost", pymap.imap_port, options)
    made = ImapStore(pool, Account("one", "main", server, Credentials(name, Secret(password))))
    made.empty(INBOX)
    yield made
    pool.close()


def message(number: int) -> bytes:
    return (
        f"From: p{number}@x.test\r\nSubject: number {number}\r\nMessage-ID: <number-{number}@x.test>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        "aGVsbG8=\r\n"
    ).encode()


def test_mail_is_stored_listed_read_moved_and_erased(store: ImapStore) -> None:
    uids = [store.append(INBOX, message(number)).uid for number in range(4)]
    assert None not in uids
    first = uids[0]
    assert first is not None
    rows = store.rows(INBOX, 1, 2)
    assert [row.envelope.subject for row in rows.rows] == ["number 2", "number 1"]
    assert store.neighbours(INBOX, first)[2] == 3
    assert store.message(INBOX, first).structure.media_type == "text/plain"
    assert store.part(INBOX, first, PartNumber("1"), most=100) == b"hello"
    assert b"".join(store.source(INBOX, first)) == message(0)
    store.flag(INBOX, [first], add=[SEEN, "$Unkept"])
    assert store.state(INBOX).unseen == 3
    assert store.uids(INBOX, Query(subject="number 2")) == (uids[2],)
    trash = store.role_mailbox(Role.TRASH, create=True)
    assert trash is not None
    assert store.move(INBOX, [first], trash).count == 1
    assert store.empty(trash) == 1
    assert store.rows(INBOX, 0, 9).total == 3


def test_mailboxes_are_made_renamed_and_deleted(store: ImapStore) -> None:
    store.create(MailboxName("Übung"))
    store.rename(MailboxName("Übung"), MailboxName("日本語"))
    listed = {str(one.name): one for one in store.mailboxes()}
    assert (listed["日本語"].subscribed, listed["日本語"].messages, "Übung" in listed) == (True, 0, False)
    store.delete(MailboxName("日本語"))
    assert "日本語" not in [str(one.name) for one in store.mailboxes()]
    assert store.quota() is None


def test_other_orders_are_made_here(store: ImapStore) -> None:
    for number in (2, 3, 1):
        store.append(INBOX, message(number))
    rows = store.rows(INBOX, 0, 9, Order.SENDER)
    assert [row.envelope.subject for row in rows.rows] == ["number 1", "number 2", "number 3"]
    assert rows.sorted_as_asked
