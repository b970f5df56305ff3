"""Connections kept open between requests: one session's and account's are never lent to another."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from core import UpstreamError
from modules.imap.client import ImapConnection
from modules.imap.errors import LoginRefused, ServerGone, Unreachable, WrongPassword
from modules.imap.heads import Heads
from modules.imap.lent import Kept, Lent, Shelf
from modules.imap.login import Credentials, connect
from modules.imap.memory import Memory
from modules.imap.server import Server

# Told are a name, how many seconds it took, and how many commands were sent.
Measure = Callable[[str, float, int], None]


def _measure_nothing(name: str, seconds: float, commands: int) -> None:
    """Nobody wants to know."""


# For how many log-ins at once a connection is kept until their first page, and for how many seconds.
_MOST_WELCOME, _WELCOME = 200, 30.0


class AllBusy(UpstreamError):
    """Every connection that this account may have is in use, and none came free in time."""


@dataclass(frozen=True)
class Account:
    """Whose connections: the session, the account's name in it, and how to log in."""

    session: str
    name: str
    server: Server
    credentials: Credentials = field(repr=False)

    @property
    def place(self) -> tuple[str, str]:
        """What connections are kept under."""
        return (self.session, self.name)

    @property
    def owner(self) -> tuple[str, int, str]:
        """Whose mailboxes these are, in whatever session: only who can log in there gets to see them."""
        return (self.server.host, self.server.port, self.credentials.username)

    @cached_property
    def proof(self) -> bytes:
        """Differs where the server or anything of the credentials does, so that no connection outlives its password."""
        secret = self.credentials
        told = repr((self.server.told, secret.username, str(secret.password or ""), str(secret.token or "")))
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest()


class ConnectionPool:
    """Lends connections, at most `most` at once for each session and account. Times are in seconds.

    A connection that was idle longer than `check_after` must answer a NOOP before it is lent; one that is idle longer
    than `idle` is closed. One whose mailbox was selected longer than `settled` ago leaves it: of a mailbox that another
    program renamed servers go on telling under the old name.
    """

    def __init__(
        self,
        *,
        most: int = 3,
        idle: float = 300.0,
        check_after: float = 20.0,
        settled: float = 300.0,
        patience: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
        measure: Measure = _measure_nothing,
    ) -> None:
        self._most = most
        self._idle = idle
        self._check_after = check_after
        self._settled = settled
        self._patience = patience
        self._clock = clock
        self._measure = measure
        self._shelves: dict[tuple[str, str], Shelf] = {}
        self._welcome: dict[bytes, Kept] = {}
        self._heads = Heads()
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._waiting = 0
        self._closing = threading.Event()
        self._reaper: threading.Thread | None = None

    def log_in(self, server: Server, credentials: Credentials, *, keep: bool = True) -> None:
        """Try a log-in, and keep its connection for a while for the session that asks with the same credentials first.

        Raises what `connect` raises.
        """
        connection = connect(server, credentials)
        if not keep:
            connection.close_quietly()
            return
        proof = Account("", "", server, credentials).proof
        with self._lock:
            gone = [self._welcome.pop(proof)] if proof in self._welcome else []
            while len(self._welcome) >= _MOST_WELCOME:
                gone.append(self._welcome.pop(next(iter(self._welcome))))
            kept = Kept(connection, self._clock(), None, self._clock())
            if self._closing.is_set():
                gone.append(kept)
            else:
                self._welcome[proof] = kept
                self._start_reaper()
        _close(gone)

    def memory(self, account: Account) -> Memory:
        """What is remembered of an account in its session."""
        with self._lock:
            return self._shelf(account).memory

    def doubt(self, account: Account) -> None:
        """Take nothing of an account to be as it was before it is listed again: somebody was told of changes."""
        with self._lock:
            shelf = self._shelves.get(account.place)
        if shelf is not None:
            shelf.memory.unchanged = False

    def lease(
        self,
        account: Account,
        mailbox: bytes | None = None,
        *,
        shown: bytes | None = None,
        fresh: bool = False,
        sure: bool = False,
    ) -> Lent:
        """Borrow a connection, one that has `mailbox` selected if there is one, a new one if it must be `fresh`.

        One that has selected what is `shown` is left alone where the server takes another; if not, for `idle` no more.
        A `sure` one has just answered. Raises what `connect` raises, and AllBusy. A broken one is closed, not kept.
        """
        began = time.perf_counter()
        shelf, kept = self._take(account, mailbox, shown, fresh)

        def end(lent: Lent | None) -> None:
            connection, asked, unused = (None, 0, 0.0) if lent is None else (lent.connection, lent.asked, lent.unused)
            self._give_back(account, shelf, connection, kept)
            count = connection.asked - asked if connection else 0
            self._measure("imap", time.perf_counter() - began - unused, count)

        try:
            asked = kept.connection.asked if kept is not None else 0
            checked = self._check(kept, sure)
            if checked is not None:
                return Lent(checked, asked, False, end)
            try:
                return Lent(self._connect(account), 0, True, end)
            except (LoginRefused, ServerGone, Unreachable):
                with self._lock:
                    kept = shelf.give_way(mailbox, self._clock() + self._idle) if shown and not fresh else None
                asked = kept.connection.asked if kept is not None else 0
                if (checked := self._check(kept, sure)) is None:
                    raise
                return Lent(checked, asked, False, end)
        except BaseException:
            end(None)
            raise

    def close_session(self, session: str) -> None:
        """Close what a session has open, as at its log-out; what is lent is closed when it comes back."""
        with self._lock:
            gone = [self._shelves.pop(place) for place in list(self._shelves) if place[0] == session]
            self._changed.notify_all()
        _close(kept for shelf in gone for kept in shelf.idle)

    def close_account(self, account: Account) -> None:
        """Close what a session has open for one account, as when its password works no more."""
        with self._lock:
            shelf = self._shelves.pop(account.place, None)
            self._changed.notify_all()
        _close(shelf.idle if shelf else ())

    def close(self) -> None:
        """Close everything, and lend no more."""
        with self._lock:
            self._closing.set()
            gone, self._shelves = list(self._shelves.values()), {}
            welcome, self._welcome = [*self._welcome.values()], {}
            reaper = self._reaper
            self._changed.notify_all()
        _close(welcome)
        _close(kept for shelf in gone for kept in shelf.idle)
        if reaper is not None:
            reaper.join(timeout=10)

    def reap(self) -> None:
        """Close what has been idle too long; the pool's own thread does this all the time."""
        limit = self._clock() - self._idle
        stale: list[Kept] = []
        with self._lock:
            for proof, kept in list(self._welcome.items()):
                if kept.used < self._clock() - min(_WELCOME, self._idle):
                    stale.append(self._welcome.pop(proof))
            for place, shelf in list(self._shelves.items()):
                stale += [kept for kept in shelf.idle if kept.used < limit]
                shelf.idle = [kept for kept in shelf.idle if kept.used >= limit]
                if not shelf.idle and not shelf.lent and shelf.touched < limit:
                    del self._shelves[place]
        _close(stale)

    def _take(
        self, account: Account, mailbox: bytes | None, shown: bytes | None, fresh: bool
    ) -> tuple[Shelf, Kept | None]:
        stale: list[Kept] = []
        with self._lock:
            end = time.monotonic() + self._patience
            while (shelf := self._shelf(account)).lent >= self._most:
                self._wait(end)
            kept = None
            full = shelf.lent + len(shelf.idle) >= self._most
            if shelf.idle and not fresh:
                alone = self._clock() < shelf.alone_until
                kept = shelf.apart(mailbox, shown) if mailbox and shown and not alone else shelf.best(mailbox)
                kept = kept or (shelf.best(mailbox) if full else None)
            elif full:
                stale.append(shelf.idle.pop(0))
            else:
                kept = None if fresh else self._welcome.pop(account.proof, None)
            if kept in shelf.idle:
                shelf.idle.remove(kept)
            shelf.lent += 1
            if kept is None:
                self._start_reaper()
        if stale:
            _close(stale)
        return shelf, kept

    def _wait(self, end: float) -> None:
        """Wait until something changed. Raises AllBusy at the end."""
        self._waiting += 1
        try:
            if not self._changed.wait(end - time.monotonic()):
                raise AllBusy("Too much of your mail is being fetched at once. Wait a moment, then try again.")
        finally:
            self._waiting -= 1

    def _shelf(self, account: Account) -> Shelf:
        if self._closing.is_set():
            raise ServerGone("The webmail is shutting down. Try again in a moment.")
        shelf = self._shelves.get(account.place)
        if shelf is None or shelf.proof != account.proof:
            if shelf is not None:
                _close(shelf.idle)
            memory = Memory(heads=self._heads.of(account.owner))
            shelf = self._shelves[account.place] = Shelf(memory=memory, proof=account.proof)
        shelf.touched = self._clock()
        return shelf

    def _check(self, kept: Kept | None, sure: bool) -> ImapConnection | None:
        """The kept connection if it still answers."""
        if kept is None:
            return None
        connection = kept.connection
        # A server that hung up meanwhile, as after a change of the password, is known without asking.
        now = self._clock()
        recent = now - kept.used <= (1.0 if sure else self._check_after) and now - kept.since <= self._settled
        if connection.is_quiet and recent:
            return connection
        try:
            if now - kept.since > self._settled:
                connection.unselect()
            if connection.run(b"NOOP").ok:
                return connection
        except ServerGone:
            pass
        connection.close_quietly()
        return None

    def _connect(self, account: Account) -> ImapConnection:
        try:
            return connect(account.server, account.credentials)
        except WrongPassword:
            self.close_account(account)
            raise

    def _give_back(
        self, account: Account, shelf: Shelf, connection: ImapConnection | None, before: Kept | None
    ) -> None:
        kept = None
        with self._lock:
            shelf.lent -= 1
            shelf.touched = self._clock()
            sound = connection is not None and not connection.broken and not connection.doubted
            if connection is not None and sound and self._shelves.get(account.place) is shelf:
                now, selected = self._clock(), connection.selected
                same = before is not None and selected is not None and before.selected is selected
                kept = Kept(connection, now, selected, before.since if before is not None and same else now)
                shelf.idle.append(kept)
            if self._waiting:
                self._changed.notify_all()
        if kept is None and connection is not None:
            connection.close_quietly()

    def _start_reaper(self) -> None:
        # Not before it is needed: a thread does not survive the fork of a worker process.
        if self._reaper is None or not self._reaper.is_alive():
            self._reaper = threading.Thread(target=self._reap_until_closed, name="imap-reaper", daemon=True)
            self._reaper.start()

    def _reap_until_closed(self) -> None:
        while not self._closing.wait(min(30.0, max(0.05, self._idle / 2))):
            self.reap()


def _close(gone: "Iterator[Kept] | list[Kept] | tuple[()]") -> None:
    for kept in gone:
        kept.connection.close_quietly()
