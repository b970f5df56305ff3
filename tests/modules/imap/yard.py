"""One user's mail with several readers, and all that each of them may be shown."""

import contextlib
import imaplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

from core import Guesses, Secret, Session, WebmailError, tls
from modules.imap.api import Account, ConnectionPool, Credentials, ImapStore, Server
from modules.mail.api import MailboxName, Order, PartNumber, Query, Uid
from tests.servers.mail_user import MailUser

INBOX = MailboxName("INBOX")
PART = PartNumber("1")


@dataclass
class Yard:
    """One user's mail: two sessions that remember, one that knows nothing, and a program of the user's own."""

    user: MailUser
    rich: bool
    numbers: Iterator[int] = field(default_factory=lambda: iter(count()))
    now: float = 0.0

    def __post_init__(self) -> None:
        self.pool = ConnectionPool(idle=1e9, settled=60, clock=lambda: self.now)
        server = Server("127.0.0.1", self.user.dovecot.imap_port, tls.TlsOptions(security=tls.Security.NONE))
        self.account = Account("0", "main", server, Credentials(self.user.name, Secret(self.user.password)))
        self.other = imaplib.IMAP4(self.user.dovecot.host, self.user.dovecot.imap_port, timeout=60)
        self.other.login(self.user.name, self.user.password)

    def store(self, session: str, guesses: Guesses | None = None) -> ImapStore:
        """The store of one more request of a session."""
        return ImapStore(self.pool, replace(self.account, session=session), guesses=guesses)

    def page(self, session: str, mailbox: MailboxName) -> tuple[list[object], Guesses]:
        """What a page shows that takes a list and the mailboxes to be as they were until the server says otherwise."""
        guesses = Guesses(Session())

        def answer() -> list[object]:
            store = self.store(session, guesses)
            store.foresee(mailbox, 0, 5)
            return first_seen_by(store, mailbox)

        return guesses.make(answer), guesses

    @contextlib.contextmanager
    def stranger(self) -> Iterator[ImapStore]:
        """The store of somebody of whom nothing was ever remembered."""
        pool = ConnectionPool()
        try:
            yield ImapStore(pool, self.account)
        finally:
            pool.close()

    def close(self) -> None:
        """Log everybody out."""
        self.pool.close()
        self.other.logout()


def first_seen_by(store: ImapStore, mailbox: MailboxName) -> list[object]:
    """The mailboxes as a request shows them, and the beginning of one's list; a reason where it shows none."""

    def rows() -> object:
        window = store.rows(mailbox, 0, 5)
        return window.rows, window.total, replace(window.state, highestmodseq=None)

    return [result_of(lambda: [one for one in store.mailboxes() if mailbox in (one.name, "INBOX")]), result_of(rows)]


def seen_by(store: ImapStore, mailbox: MailboxName) -> list[object]:
    """All that a request may show of a mailbox; a reason where it shows none."""

    def whole(order: Order, query: Query | None = None) -> object:
        window = store.rows(mailbox, 0, 5, order, query)
        state = replace(window.state, highestmodseq=None)
        return window.rows, window.total, state, store.rows(mailbox, 3, 3, order, query).rows

    def messages() -> object:
        uids = store.uids(mailbox)
        return [
            (uid, store.message(mailbox, uid), store.part(mailbox, uid, PART, most=100), store.neighbours(mailbox, uid))
            for uid in uids[-2:]
        ]

    def conversations() -> object:
        return [
            (store.rows_of(mailbox, store.conversation(mailbox, uid)).rows, kin(uid))
            for uid in store.uids(mailbox)[-2:]
        ]

    def kin(uid: Uid) -> object:
        (row,) = store.rows_of(mailbox, [uid]).rows
        after, before = row.received - timedelta(days=9), row.received + timedelta(days=9)
        return store.related(mailbox, row.envelope.kin, after=after, before=before, shown=INBOX).rows

    looks: list[Callable[[], object]] = [
        lambda: [one for one in store.mailboxes() if mailbox in (one.name, "INBOX")],
        lambda: store.uids(mailbox),
        lambda: whole(Order.NEWEST),
        lambda: whole(Order.OLDEST),
        lambda: whole(Order.SUBJECT),
        lambda: whole(Order.NEWEST, Query(seen=False)),
        lambda: whole(Order.NEWEST, Query(subject="odd")),
        messages,
        conversations,
    ]
    return [result_of(look) for look in looks]


def result_of(look: Callable[[], object]) -> object:
    """What a look gives, or the name of the error that it raises."""
    try:
        return look()
    except WebmailError as error:
        return type(error).__name__
