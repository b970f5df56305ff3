"""What the tests of imap share: stores on a rich and on a bare server, and pools that are closed at the end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from core import Secret, tls
from demo.dovecot import Dovecot
from modules.imap.api import Account, ConnectionPool, Credentials, ImapStore, Server
from modules.mail.api import MailboxName, Role
from tests.modules.imap.bad import Bad
from tests.modules.turns import note_turns
from tests.servers.mail_user import MailUser


@dataclass(frozen=True)
class Box:
    """One user's mail, by our store and behind its back."""

    user: MailUser
    pool: ConnectionPool
    account: Account
    rich: bool

    def store(self, assigned: dict[Role, MailboxName] | None = None) -> ImapStore:
        """The store of one more request."""
        return ImapStore(self.pool, self.account, assigned or {})


@dataclass
class Boxes:
    """Makes stores, and closes their pools."""

    pools: list[ConnectionPool] = field(default_factory=list)

    def open(self, user: MailUser, *, rich: bool = True) -> Box:
        """A user's mail over TLS."""
        pool = ConnectionPool()
        self.pools.append(pool)
        return Box(user, pool, account_of(user), rich)


def server_of(dovecot: Dovecot) -> Server:
    """A Dovecot as a server of ours."""
    return Server("localhost", dovecot.imaps_port, tls.TlsOptions(ca_file=dovecot.ca_file), read_timeout=60)


def account_of(user: MailUser, session: str = "session") -> Account:
    """A user's account in a session."""
    return Account(session, "main", server_of(user.dovecot), Credentials(user.name, Secret(user.password)))


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[list[bytes]]:
    """The commands of each round trip."""
    return note_turns(monkeypatch)


@pytest.fixture
def boxes() -> Iterator[Boxes]:
    """Where to open boxes."""
    made = Boxes()
    yield made
    for pool in made.pools:
        pool.close()


@pytest.fixture(params=["rich", "bare"])
def box(request: pytest.FixtureRequest, boxes: Boxes) -> Box:
    """A fresh user's mail, on a server that offers everything and on one that offers nothing."""
    rich = request.param == "rich"
    user: MailUser = request.getfixturevalue("mail_user" if rich else "bare_mail_user")
    return boxes.open(user, rich=rich)


@pytest.fixture
def store(box: Box) -> ImapStore:
    """The store of one request."""
    return box.store()


@pytest.fixture
def fill(box: Box) -> Callable[[int], list[int]]:
    """Put numbered messages into INBOX; give their UIDs."""

    def put(count: int) -> list[int]:
        with box.user.connection() as connection:
            for number in range(1, count + 1):
                connection.append("INBOX", "", "", numbered(number))
        return box.user.uids()

    return put


def numbered(number: int) -> bytes:
    """A small message with a number in its subject."""
    return (
        f"From: Ann {number:04d} <ann{number}@example.org>\r\nTo: bob@example.test\r\nSubject: Hello {number:04d}\r\n"
        f"Message-ID: <{number}@example.org>\r\nDate: Mon, 02 Nov 2026 10:00:00 +0000\r\n\r\nHi {number}\r\n"
    ).encode()


@pytest.fixture
def bad() -> Iterator[Bad]:
    """Where to get bad servers."""
    made = Bad()
    yield made
    made.pool.close()
    for server in made.servers:
        server.stop()
