"""A connection that waits for news of a mailbox (RFC 2177), and of others (RFC 5465), without blocking, so that one
thread waits for many."""

import re
import socket
import ssl
from enum import Enum, Flag

from modules.imap.client import ImapConnection
from modules.imap.errors import ServerGone
from modules.imap.names import string
from modules.imap.reader import BoundedReader
from modules.imap.wire import Wire

_CHUNK = 16 * 1024
_LONGEST_LINE = 64 * 1024
# More than a busy mailbox tells between two renewals; a server that tells more keeps its listener busy for nothing.
_MOST_OCTETS = 512 * 1024
# A way on which nothing comes back is given up two minutes after the last sign of life. Seconds, and how often.
_QUIET, _APART, _TIMES = 60, 20, 3
# RFC 5465: whoever wants one of these has to want those before it as well.
_EVENTS = b"(MessageNew MessageExpunge FlagChange)"
_NOTIFY = (b"SET", b"(selected %s)" % _EVENTS, b"(personal %s)" % _EVENTS)
# After this the server need not tell of anything any more (RFC 5465), not even of the mailbox that is open.
_OVERFLOW = "NOTIFICATIONOVERFLOW"
_NO_MORE = "The mail server tells of other mailboxes no more."
# Of all that is told here only the name of a mailbox may be a literal: those with odd characters are.
_NAME_FOLLOWS = re.compile(rb"\* STATUS \{(\d{1,6})\}", re.IGNORECASE)


class NoIdle(ServerGone):
    """The server cannot tell of changes by itself."""


class NoNotify(ServerGone):
    """The server does not go on telling of other mailboxes; over a new connection it may wait without that."""


class News(Flag):
    """What a server told of: flags, or messages that came or left, in the mailbox, and anything in other mailboxes."""

    NOTHING = 0
    FLAGS = 1
    MESSAGES = 2
    ELSEWHERE = 4


_NEWS = {b"EXISTS": News.MESSAGES, b"EXPUNGE": News.MESSAGES, b"FETCH": News.FLAGS}


class _Step(Enum):
    WAITING = "waiting"
    ENDING = "ending"
    BEGINNING = "beginning"


class Idling:
    """A mailbox whose server tells of changes by itself. Not for two threads at once."""

    def __init__(self, connection: ImapConnection, raw_name: bytes = b"INBOX", *, widely: bool = True) -> None:
        """Open the mailbox, without changing anything in it, and wait from now on, `widely` for news of others too.

        Takes a connection that is logged in and of no other use; it is closed where that fails. Raises NoIdle, NoNotify
        and what commands of a connection raise.
        """
        self._connection = connection
        self._wire: Wire = connection._imap
        self._held = bytearray()
        # Where the end of the line is looked for: after the name that a literal holds.
        self._sought = 0
        self._count = 0
        self._widely = False
        self._step = _Step.BEGINNING
        try:
            if not connection.offers("IDLE"):
                raise NoIdle(f"The mail server {connection.server.host} does not tell of changes by itself.")
            reply = connection.run(b"EXAMINE", string(raw_name))
            if not reply.ok:
                raise NoIdle(f"The mail server {connection.server.host} does not open the mailbox.")
            self._widely = widely and connection.offers("NOTIFY") and self._ask_widely()
            with connection.watched():
                self._begin()
                self._wait_for_begin()
                self._socket.setblocking(False)
                _notice_the_end_of(self._socket)
                # What came with the answer would make nothing readable; whoever begins to wait looks anew as it is.
                self.read()
        except BaseException:
            connection.close_quietly()
            raise

    def fileno(self) -> int:
        """What to wait for: it is readable where `read` may find news."""
        return self._socket.fileno()

    @property
    def is_settled(self) -> bool:
        """Whether the server waits with us, and not we for its answer to a renewal."""
        return self._step is _Step.WAITING

    @property
    def is_wide(self) -> bool:
        """Whether the server tells of other mailboxes as well."""
        return self._widely

    def renew(self) -> None:
        """Ask anew, as servers and the ways to them give up on what is silent for long.

        Raises ServerGone, also where the answer to the last renewal is still to come.
        """
        if not self.is_settled:
            raise ServerGone("The mail server does not answer any more.")
        self._count = 0
        self._step = _Step.ENDING
        self._send(b"DONE\r\n")

    def read(self) -> News:
        """What was told since the last time. Raises ServerGone where nothing will be told any more, NoNotify where
        other mailboxes are why."""
        news = News.NOTHING
        while received := self._receive():
            self._held += received
            self._count += len(received)
            if self._count > _MOST_OCTETS:
                raise (NoNotify if self._widely else ServerGone)("The mail server tells of changes without end.")
            news |= self._take_lines()
        return news

    def close(self) -> None:
        """End the connection."""
        self._connection.close_quietly()

    @property
    def _socket(self) -> socket.socket:
        return self._wire.sock

    def _ask_widely(self) -> bool:
        """Ask for news of all the user's mailboxes, which outlasts renewals; whether the server agrees."""
        try:
            reply = self._connection.run(b"NOTIFY", *_NOTIFY)
        except ServerGone as error:
            raise NoNotify(str(error)) from error
        if reply.ok and any(heard.kind.upper() == _OVERFLOW for heard in reply.heard):
            raise NoNotify(_NO_MORE)
        return reply.ok

    def _begin(self) -> None:
        self._step = _Step.BEGINNING
        self._tag = bytes(self._wire._new_tag())
        self._connection.asked += 1
        self._send(self._tag + b" IDLE\r\n")

    def _wait_for_begin(self) -> None:
        reader: BoundedReader = self._wire._current()
        reader.begin()
        while self._step is not _Step.WAITING:
            line = reader.readline()
            if not line.endswith(b"\n"):
                raise ServerGone("The mail server ended the connection.")
            self._held += line
            self._take_lines()
        self._held += reader.take_rest()
        self._take_lines()

    def _send(self, octets: bytes) -> None:
        try:
            # A few octets: a server that has not read for so long that they find no room is gone.
            whole = self._socket.send(octets) == len(octets)
        except OSError:
            whole = False
        if not whole:
            raise ServerGone("The connection to the mail server broke.")

    def _receive(self) -> bytes:
        try:
            received = self._socket.recv(_CHUNK)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return b""
        except OSError as error:
            raise ServerGone("The connection to the mail server broke.") from error
        if not received:
            raise ServerGone("The mail server ended the connection.")
        return received

    def _take_lines(self) -> News:
        news = News.NOTHING
        while (end := self._held.find(b"\n", self._sought)) >= 0:
            line = bytes(self._held[:end]).rstrip(b"\r")
            if not self._sought and (follows := _NAME_FOLLOWS.fullmatch(line)):
                self._sought = end + 1 + int(follows[1])
                continue
            del self._held[: end + 1]
            self._sought = 0
            news |= self._hear(line)
        if max(len(self._held), self._sought) > _LONGEST_LINE:
            raise ServerGone("The mail server sent a line that never ends.")
        return news

    def _hear(self, line: bytes) -> News:
        """Follow one line; what it tells of."""
        if line.startswith(b"+") and self._step is _Step.BEGINNING:
            self._step = _Step.WAITING
            return News.NOTHING
        if line.startswith(self._tag + b" OK") and self._step is _Step.ENDING:
            self._begin()
            return News.NOTHING
        if line.startswith(self._tag + b" ") and self._step is _Step.BEGINNING:
            raise NoIdle("The mail server does not tell of changes by itself.")
        if not line.startswith(b"* ") or line.upper().startswith(b"* BYE"):
            raise ServerGone("The mail server ended the connection.")
        if self._widely and line.upper().startswith(b"* OK [%s]" % _OVERFLOW.encode("ascii")):
            raise NoNotify(_NO_MORE)
        words = line.upper().split(b" ", 3)
        if words[1] == b"VANISHED":
            return News.MESSAGES
        if words[1] == b"STATUS":
            return News.ELSEWHERE if self._widely else News.NOTHING
        return _NEWS.get(words[2], News.NOTHING) if len(words) > 2 and words[1].isdigit() else News.NOTHING


def _notice_the_end_of(connection: socket.socket) -> None:
    """Let the system ask whether the other end is there (RFC 9293 3.8.4): else nobody would know before a renewal."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", _QUIET), ("TCP_KEEPINTVL", _APART), ("TCP_KEEPCNT", _TIMES)):
        # Not every system lets that be said.
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
