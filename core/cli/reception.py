"""The worker that serves: what comes slowly waits in one place without a thread until it is there, or out of time."""

import contextlib
import errno
import selectors
import socket
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from core.cli.arriving import Arrived, PacedUnreader, Patience
from core.errors import TooSlow

_AT_ONCE = 16_384
_SIGN_OF_LIFE = 0.5  # seconds
_MOST_LEAVING = 256
# The process, or the system, has no file descriptor or memory for another connection just now.
_NO_ROOM = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_TOO_SLOW = (408, "Request Timeout", "The request did not come in time.")
_TOO_LONG = (431, "Request Header Fields Too Large", "The head of the request is too long.")
TOO_BUSY = (503, "Service Unavailable", "Too much is being sent to this site at once. Please try again in a moment.")


# Any in this file: gunicorn's parts have no types.
class Caller(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A connection, whose end keeps nobody waiting."""

    def __init__(self, reception: "Reception", sock: socket.socket, client: Any) -> None:
        super().__init__(reception.cfg, sock, client, reception.sockets[0].getsockname())
        self._reception = reception

    def close(self, graceful: bool = False) -> None:
        """Close it; one that was answered stays half open for a moment, so that nothing of the answer is lost."""
        if graceful:
            self._reception.see_off(self.sock)
        else:
            with contextlib.suppress(OSError):
                self.sock.close()


@dataclass
class Guest:
    """A connection with a request on its way in, and until when all of it has to be there.

    `listening` says that it is waited for, `came` that another worker passed it on, `sorted` that it is known
    whose it is.
    """

    caller: Caller
    until: float
    arrived: Arrived = field(default_factory=Arrived)
    listening: bool = False
    came: bool = False
    sorted: bool = False


class Reception(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's worker, whose threads get a request when it is there: no slow sender holds one of them.

    Only the rest of a body that is not small is read in a thread, by half of them at most, and if it comes fast enough.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.patience: Patience = self.app.patience
        self._guests: dict[int, Guest] = {}
        self._large: set[Caller] = set()
        self._queue: deque[tuple[Caller, float]] = deque()
        self._leaving: deque[tuple[socket.socket, float]] = deque()
        self._swept = 0.0
        self._told = 0.0

    def notify(self) -> None:
        """Tell the process above that this one lives. It looks once a second; telling costs a write to a file."""
        now = time.monotonic()
        if now - self._told >= _SIGN_OF_LIFE:
            self._told = now
            super().notify()

    def accept(self, listener: socket.socket) -> None:
        """Take a new connection."""
        try:
            sock, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            self._make_room()
            return
        self.nr_conns += 1
        self.enqueue_req(Caller(self, sock, client))

    def enqueue_req(self, conn: Caller) -> None:
        """Wait for the request that begins, on a new connection or a kept one, with what came of it by now."""
        conn.sock.setblocking(False)
        self.begin(conn, conn.parser.unreader.take_buffered() if conn.parser is not None else b"")

    def begin(self, conn: Caller, octets: bytes, *, came: bool = False) -> None:
        """Wait for a request of which some octets are there; where there is no room, for another one no more."""
        if self.nr_conns >= self.worker_connections - self.cfg.threads:
            self._make_room()
        guest = Guest(conn, time.monotonic() + self.patience.idle, came=came)
        if octets:
            self._add(guest, octets)
        else:
            self._hear(guest)

    def pass_on(self, guest: Guest) -> bool:
        """Whether a request, whose head is there, was given to somebody else. One worker alone has nobody."""
        return False

    def finish_request(self, conn: Caller, fs: Any) -> None:
        """Go on after an answer, and let the next large body have the thread."""
        self._large.discard(conn)
        super().finish_request(conn, fs)
        while self._queue and self._has_turn():
            self._serve(self._queue.popleft()[0], large=True)

    def murder_pending(self) -> None:
        """End what is out of time; gunicorn asks for this all the time."""
        super().murder_pending()
        now = time.monotonic()
        if now - self._swept < min(0.2, self.patience.head / 4):
            return
        self._swept = now
        # Threads add guests meanwhile; a list of them is made at once.
        for guest in [one for one in list(self._guests.values()) if one.until <= now or self._is_idle(one)]:
            self._turn_away(guest)
        while self._queue and self._queue[0][1] <= now:
            self.refuse(self._queue.popleft()[0], *TOO_BUSY)
        while self._leaving and self._leaving[0][1] <= now:
            self._part(self._leaving[0][0])

    def see_off(self, sock: socket.socket) -> None:
        """Close a connection whose last answer is under way (RFC 9112 9.6), in a while at the latest."""
        try:
            sock.setblocking(False)
            sock.shutdown(socket.SHUT_WR)
            self.poller.register(sock, selectors.EVENT_READ, self._part_when_over)
        except (OSError, ValueError):
            sock.close()
            return
        self._leaving.append((sock, time.monotonic() + self.patience.farewell))
        if len(self._leaving) > _MOST_LEAVING:
            self._part(self._leaving[0][0])

    def _keepalive_after(self, conn: Caller, keepalive: bool) -> bool:
        """Nobody waits a second time for the rest of a body that came too slowly."""
        try:
            return not conn.parser.unreader.late and bool(super()._keepalive_after(conn, keepalive))
        except TooSlow:
            return False

    def _hear(self, guest: Guest, _: Any = None) -> None:
        """Read what is there of a request."""
        try:
            octets = guest.caller.sock.recv(_AT_ONCE)
        except BlockingIOError:
            self._listen(guest)
        except OSError:
            self._dismiss(guest)
        else:
            if octets:
                self._add(guest, octets)
            else:
                self._dismiss(guest)

    def _add(self, guest: Guest, octets: bytes) -> None:
        arrived = guest.arrived
        if not arrived.octets:
            guest.until = time.monotonic() + self.patience.head
        arrived.add(octets)
        if arrived.is_too_long:
            self._forget(guest)
            self.refuse(guest.caller, *_TOO_LONG)
        elif not arrived.head:
            self._listen(guest)
        else:
            self._go_on(guest)

    def _go_on(self, guest: Guest) -> None:
        """The head is there: somebody else gets it, or the body is waited for, or a thread takes both."""
        if not guest.sorted:
            guest.sorted = True
            self._forget(guest)
            if self.pass_on(guest):
                return
        if guest.arrived.missing and guest.arrived.is_small:
            self._listen(guest)
        else:
            self._forget(guest)
            self._admit(guest)

    def _admit(self, guest: Guest) -> None:
        """Give a thread what is there of a request."""
        conn = guest.caller
        conn.init()
        if not isinstance(conn.parser.unreader, PacedUnreader):
            conn.parser.unreader = PacedUnreader(conn.sock, self.patience)
        conn.parser.unreader.unread(bytes(guest.arrived.octets))
        conn.data_ready = True
        if guest.arrived.missing == 0:
            self._serve(conn)
        elif self._has_turn():
            self._serve(conn, large=True)
        else:
            self._queue.append((conn, time.monotonic() + self.patience.turn))

    def _serve(self, conn: Caller, *, large: bool = False) -> None:
        if large:
            self._large.add(conn)
        conn.parser.unreader.begin()
        self.tpool.submit(self.handle, conn).add_done_callback(partial(self._go_round, conn, large))

    def _go_round(self, conn: Caller, large: bool, done: "Future[bool]") -> None:
        """After an answer, in its thread: the next request on the connection is waited for from here on.

        All else is rare, and the reception's to do: waking it costs as much as a short answer.
        """
        if large or not self._comes_again(conn, done):
            self.method_queue.defer(self.finish_request, conn, done)

    def _comes_again(self, conn: Caller, done: "Future[bool]") -> bool:
        """Whether the next request on a connection is waited for now."""
        full = self.nr_conns >= self.worker_connections - self.cfg.threads
        if full or not self.alive or done.exception() is not None or not done.result():
            return False
        if conn.parser.unreader.buf.getvalue():
            return False
        try:
            conn.sock.setblocking(False)
            self._listen(Guest(conn, time.monotonic() + self.patience.idle))
        except (OSError, ValueError, KeyError):
            return False
        return True

    def _has_turn(self) -> bool:
        return len(self._large) < max(1, int(self.cfg.threads) // 2)

    def _is_idle(self, guest: Guest) -> bool:
        return not self.alive and not guest.arrived.octets

    def _listen(self, guest: Guest) -> None:
        if not guest.listening:
            guest.listening = True
            # Known first: as soon as it is listened to, the reception may hear it.
            self._guests[id(guest)] = guest
            try:
                self.poller.register(guest.caller.sock, selectors.EVENT_READ, partial(self._hear, guest))
            except (OSError, ValueError, KeyError):
                guest.listening = False
                del self._guests[id(guest)]
                raise

    def _forget(self, guest: Guest) -> None:
        """Wait no more."""
        if guest.listening:
            guest.listening = False
            del self._guests[id(guest)]
            self.poller.unregister(guest.caller.sock)

    def _dismiss(self, guest: Guest) -> None:
        """Whoever it was is gone."""
        self._forget(guest)
        self.nr_conns -= 1
        guest.caller.close()

    def _make_room(self) -> None:
        """Wait no more for whoever has the least time left; where nobody waits, some request soon comes to its end."""
        if self._guests:
            self._turn_away(min(list(self._guests.values()), key=lambda one: one.until))
        else:
            time.sleep(0.01)

    def _turn_away(self, guest: Guest) -> None:
        """Out of time, or out of room; to whoever said nothing there is nothing to say."""
        if not guest.arrived.octets:
            self._dismiss(guest)
            return
        self._forget(guest)
        self.refuse(guest.caller, *_TOO_SLOW)

    def refuse(self, conn: Caller, status: int, phrase: str, words: str) -> None:
        """Answer without a thread, and hang up."""
        head = f"HTTP/1.1 {status} {phrase}\r\nConnection: close\r\nContent-Type: text/plain\r\nRetry-After: 5\r\n"
        answer = f"{head}Content-Length: {len(words) + 1}\r\n\r\n{words}\n".encode("ascii")
        with contextlib.suppress(OSError):
            conn.sock.setblocking(False)
            conn.sock.send(answer)
        self.nr_conns -= 1
        conn.close(graceful=True)

    def _part_when_over(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if sock.recv(_AT_ONCE):
                return
        self._part(sock)

    def _part(self, sock: socket.socket) -> None:
        self._leaving = deque(one for one in self._leaving if one[0] is not sock)
        with contextlib.suppress(OSError, KeyError, ValueError):
            self.poller.unregister(sock)
        sock.close()
