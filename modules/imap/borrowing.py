"""Work on borrowed connections, for the length of one request: repeated where that does no harm, and else not."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from core import UpstreamError
from modules.imap.errors import ServerGone, ServerTroubled, WrongPassword
from modules.imap.lease import Lease, Moment
from modules.imap.lent import Lent
from modules.imap.pool import Account, ConnectionPool
from modules.imap.selected import Selected
from modules.mail.api import MailboxName, MailboxState

T = TypeVar("T")


class Borrower:
    """Borrows a connection for each operation, and remembers what this request has seen of mailboxes.

    What only reads is repeated once on a new connection where a kept one turns out to be dead.
    """

    def __init__(
        self, pool: ConnectionPool, account: Account, refused: Callable[[WrongPassword], None] | None = None
    ) -> None:
        self._pool = pool
        self._account = account
        self._refused = refused
        self._memory = pool.memory(account)
        self._validity: dict[MailboxName, int] = {}
        self._selected: Selected | None = None
        self._moment = Moment()

    def _forget(self) -> None:
        """Something is about to be changed: what was asked for before is to be asked for again."""

    def _in(self, mailbox: MailboxName, work: Callable[[Lease], T]) -> T:
        """Read in a selected mailbox."""

        def selected(lease: Lease) -> T:
            lease.select(mailbox)
            return work(lease)

        return self._read(selected, mailbox)

    def _read(
        self, work: Callable[[Lease], T], mailbox: MailboxName | None = None, shown: MailboxName | None = None
    ) -> T:
        """Do what may be done twice: on a kept connection and, where that is dead, on a new one, as if never before.

        A connection that has selected what is `shown` meanwhile is left alone where there can be another.
        """
        before = dict(self._validity)
        for fresh in (False, True):
            with self._lend(mailbox, shown, fresh=fresh) as lent:
                try:
                    done = work(Lease(lent.connection, self._memory, self._validity, self._note, self._moment))
                    if lent.new or not lent.connection.doubted:
                        return done
                except (ServerGone, ServerTroubled):
                    lent.connection.broken = True
                    if lent.new:
                        raise
            self._validity, self._moment = before, Moment()
        raise AssertionError("a fresh connection is a new one")

    def _write(self, work: Callable[[Lease], T], mailbox: MailboxName | None = None) -> T:
        """Do what must not be done twice, with the messages of `mailbox` that were shown."""
        self._expect_as_shown(mailbox)
        self._memory.forget_met()
        self._memory.unchanged, self._memory.quota_doubted = False, True
        self._forget()
        try:
            with self._lend(mailbox, sure=True) as lent:
                if lent.heard and lent.connection.selected is not None:
                    lent.connection.selected.moment = self._moment
                return work(Lease(lent.connection, self._memory, self._validity, self._note, self._moment))
        except ServerGone:
            self._moment = Moment()
            self._look_for(mailbox)
            raise
        finally:
            self._moment = Moment()
            # Another request may have been told the quota meanwhile, as it was before.
            self._memory.quota_doubted = True

    def _look_for(self, mailbox: MailboxName | None) -> None:
        """After a server ended a connection: raise NotFound or Conflict where the mailbox is gone, or was made anew."""
        if mailbox is None:
            return
        with suppress(UpstreamError), self._lend(mailbox, fresh=True) as lent:
            Lease(lent.connection, self._memory, self._validity, self._note, self._moment).select(mailbox)

    def _lend(
        self,
        mailbox: MailboxName | None,
        shown: MailboxName | None = None,
        *,
        fresh: bool = False,
        sure: bool = False,
    ) -> Lent:
        self._hear_first()
        try:
            return self._pool.lease(self._account, self._raw(mailbox), shown=self._raw(shown), fresh=fresh, sure=sure)
        except WrongPassword as error:
            if self._refused is not None:
                self._refused(error)
            raise

    def _hear_first(self) -> None:
        """Before a connection is borrowed: hear what was asked for already on another one."""

    def _raw(self, mailbox: MailboxName | None) -> bytes | None:
        return None if mailbox is None else self._memory.write_name(mailbox, False)[0]

    def _note(self, mailbox: MailboxName, selected: Selected) -> None:
        self._selected = selected
        self._validity.setdefault(mailbox, selected.uidvalidity)

    def _expect_as_shown(self, mailbox: MailboxName | None) -> None:
        """Take UIDs for those of the mailbox that was shown last, where this request has not looked into it itself."""
        if mailbox in self._memory.shown:
            self._validity.setdefault(mailbox, self._memory.shown[mailbox])

    def _expect(self, mailbox: MailboxName, state: MailboxState) -> MailboxState:
        """Remember under which UIDVALIDITY this request has seen a mailbox."""
        self._validity.setdefault(mailbox, state.uidvalidity)
        return state
