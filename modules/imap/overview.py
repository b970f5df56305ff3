"""The mailboxes of an account, with the state that a list of messages needs: taken to be as they were while they are
asked for, where nothing is known to have changed."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType

from core import Guesses, WebmailError
from modules.imap.ahead import Window
from modules.imap.borrowing import Borrower
from modules.imap.errors import WrongPassword
from modules.imap.lease import Lease, Moment
from modules.imap.lent import Lent
from modules.imap.listing import begin_list, list_mailboxes, list_with_quota
from modules.imap.memory import Memory
from modules.imap.ordering import order_name
from modules.imap.pool import Account, ConnectionPool
from modules.imap.rows import narrowing, recall_window
from modules.mail.api import Mailbox, MailboxName, Order, Query, Quota, Role


@dataclass(frozen=True)
class Overview:
    """All mailboxes with their counts, the quota, and what was heard with them."""

    mailboxes: tuple[Mailbox, ...]
    quota: Quota | None
    moment: Moment


@dataclass(frozen=True)
class Asked:
    """Whose mailboxes, with which roles, and which window of a list is asked for next."""

    place: tuple[str, str]
    assigned: Mapping[Role, MailboxName]
    window: Window | None


@dataclass
class GuessedOverview:
    """An overview that is taken to be as `expected` while the mail server is asked for it over what is `lent`."""

    asked: Asked
    expected: Overview
    lent: Lent
    rest: Callable[[], Overview]
    heard: Overview | None = None
    _told: bool = False
    _began: float = field(default_factory=time.perf_counter)

    @property
    def is_known(self) -> bool:
        """Whether the server has begun to answer."""
        return self._told or not self.lent.connection.is_quiet

    def is_right(self) -> bool:
        """Whether the server tells the same; the connection is given back with that."""
        if not self._told:
            self._told = True
            self.lent.unused = time.perf_counter() - self._began
            # Whoever asks anew meets the same error, or a connection that does not break.
            with suppress(WebmailError), self.lent:
                heard = self.rest()
                self.heard = None if self.lent.connection.doubted else heard
        return self.heard is not None and _is_same(self.asked.window, self.expected, self.heard)


class Overseer(Borrower):
    """A Borrower that knows the mailboxes, and may guess that they are as they were."""

    def __init__(
        self,
        pool: ConnectionPool,
        account: Account,
        assigned: Mapping[Role, MailboxName] = MappingProxyType({}),
        refused: Callable[[WrongPassword], None] | None = None,
        guesses: Guesses | None = None,
    ) -> None:
        super().__init__(pool, account, refused)
        self._assigned = assigned
        self._guesses = guesses or Guesses()
        self._guessed: GuessedOverview | None = None
        self._listed: dict[bool, tuple[Mailbox, ...]] = {}
        self._quota: tuple[Quota | None, ...] = ()
        self._foreseen: Window | None = None

    def mailboxes(self, *, counts: bool = True) -> tuple[Mailbox, ...]:
        """All mailboxes as people expect them: INBOX, those with a role, the rest by name, children after parents."""
        if counts not in self._listed:
            if counts:
                self._listed[counts], quota = self._oversee(self._foreseen)
                self._quota = (quota,)
            else:
                self._listed[counts] = self._read(lambda lease: list_mailboxes(lease, self._assigned, counts=False))
        return self._listed[counts]

    def foresee(
        self, mailbox: MailboxName, start: int, limit: int, order: Order = Order.NEWEST, query: Query | None = None
    ) -> None:
        """Ask with the list of mailboxes, should it be asked for, for what `rows` will need; nothing is asked now."""
        self._foreseen = Window(mailbox, start, max(1, limit), order, narrowing(query))

    def recall_mailboxes(self) -> tuple[Mailbox, ...]:
        """All mailboxes as this session listed them last, in whatever request; they are listed now where it has not.

        Counts are of that time, and so are names and roles.
        """
        if True in self._listed:
            return self._listed[True]
        return self._memory.recall_listed(self._assigned) or self.mailboxes()

    def _forget(self) -> None:
        self._listed.clear()
        self._quota = ()
        # What was heard for a guess is of before.
        self._guesses.wrong.clear()

    def _oversee(self, window: Window | None) -> tuple[tuple[Mailbox, ...], Quota | None]:
        """All mailboxes with their counts, and the quota; the moment knows what is heard for a window with them."""
        asked = Asked(self._account.place, self._assigned, window)
        found = self._recall_heard(asked) or (self._guess(asked) if self._guesses.allowed else None)
        if found is not None:
            self._moment = found.moment
            return found.mailboxes, found.quota
        mailbox = window.mailbox if window is not None else None
        return self._read(lambda lease: list_with_quota(lease, self._assigned, window), mailbox)

    def _recall_heard(self, asked: Asked) -> Overview | None:
        """What was heard where a guess of the same request was wrong, once."""
        for wrong in self._guesses.wrong:
            if isinstance(wrong, GuessedOverview) and wrong.asked == asked:
                self._guesses.wrong.remove(wrong)
                return wrong.heard
        return None

    def _guess(self, asked: Asked) -> Overview | None:
        """The overview as it was; None where it is not known, or cannot be asked for without waiting."""
        expected = _expected(self._memory, asked)
        if expected is None:
            return None
        window, moment = asked.window, Moment()
        lent = self._lend(window.mailbox if window is not None else None)
        try:
            lease = Lease(lent.connection, self._memory, self._validity, self._note, moment)
            rest = begin_list(lease, asked.assigned, window)
        except BaseException as error:
            lent.__exit__(type(error), error, error.__traceback__)
            if isinstance(error, WebmailError):
                # Whoever asks without a guess is told of it, or asks on a connection that works.
                return None
            raise
        if rest is None:
            lent.__exit__(None, None, None)
            return None
        self._guessed = GuessedOverview(asked, expected, lent, lambda: Overview(*rest(), moment))
        self._guesses.add(self._guessed)
        return expected

    def _hear_first(self) -> None:
        guessed, self._guessed = self._guessed, None
        if guessed is not None:
            # One connection is enough: what was asked on it is heard first, and is what counts from here on.
            guessed.is_right()
            self._moment = guessed.heard.moment if guessed.heard is not None else Moment()


def _expected(memory: Memory, asked: Asked) -> Overview | None:
    """The overview as it was told last, where nothing is known to have changed since, with the state for the window."""
    known, moment, window = memory.listed.get(True), Moment(), asked.window
    if not memory.unchanged or memory.quota is None or known is None or known.assigned != asked.assigned:
        return None
    if window is not None:
        order = memory.order(order_name(window.mailbox, window.order, window.query))
        shown = memory.kept.window(window.mailbox, window.of(order.uids)) if order is not None else None
        if shown is None:
            return None
        moment.states[window.mailbox] = moment.settled[window.mailbox] = shown.state
        if recall_window(memory, moment, window, None) is None:
            return None
    return Overview(known.mailboxes, memory.quota.quota, moment)


def _is_same(window: Window | None, expected: Overview, heard: Overview) -> bool:
    if heard.mailboxes != expected.mailboxes or heard.quota != expected.quota:
        return False
    if window is None:
        return True
    name, state = window.mailbox, expected.moment.states[window.mailbox]
    return heard.moment.states.get(name) == state and heard.moment.settled.get(name) == state
