"""The worker that serves: what comes slowly waits in one place without a thread until it is there, or out of time."""

import contextlib
import errno
import selectors
import socket
import threading
import time
from collections import deque
from concurrent.futures import Future
from functools import partial
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from core.cli.arriving import PacedUnreader, Patience
from core.cli.calling import Caller
from core.cli.takers import Takers
from core.cli.threads import Threads
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
class Reception(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's worker, whose threads get a request when it is there: no slow sender holds one of them.

    Only the rest of a body that is not small is read in a thread, by half of them at most, and if it comes fast enough.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.patience: Patience = self.app.patience
        self.takers = Takers()
        self._awaited: dict[int, Caller] = {}
        # Held while it changes whether somebody is heard: threads have them heard, too.
        self._hearing = threading.Lock()
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

    def get_thread_pool(self) -> Threads:
        """The threads that answer."""
        return Threads(self.cfg.threads)

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
        self.begin(conn, conn.parser.unreader.take_buffered() if conn.parser is not None else b"")

    def begin(self, conn: Caller, octets: bytes, *, came: bool = False) -> None:
        """Wait for a request of which some octets are there; where there is no room, for another one no more."""
        if self.nr_conns >= self.worker_connections - self.cfg.threads:
            self._make_room()
        conn.renew(time.monotonic() + self.patience.idle, came=came)
        if octets:
            self._add(conn, octets)
        else:
            self._read(conn)

    def pass_on(self, conn: Caller) -> bool:
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
        if self.tpool.is_exhausted:
            self.takers.make_way(max(1, self.cfg.threads // 2))
        # Threads add some meanwhile; a list of them is made at once.
        for conn in [one for one in list(self._awaited.values()) if one.awaited and self._is_over(one, now)]:
            self._turn_away(conn)
        while self._queue and self._queue[0][1] <= now:
            self.refuse(self._queue.popleft()[0], *TOO_BUSY)
        while self._leaving and self._leaving[0][1] <= now:
            self._part(self._leaving[0][0])

    def see_off(self, conn: Caller) -> None:
        """Close a connection whose last answer is under way (RFC 9112 9.6), in a while at the latest."""
        sock = conn.sock
        try:
            sock.setblocking(False)
            sock.shutdown(socket.SHUT_WR)
            self._ignore(conn)
            self.poller.register(sock, selectors.EVENT_READ, self._part_when_over)
        except (OSError, ValueError):
            sock.close()
            return
        self._leaving.append((sock, time.monotonic() + self.patience.farewell))
        if len(self._leaving) > _MOST_LEAVING:
            self._part(self._leaving[0][0])

    def _keepalive_after(self, conn: Caller, keepalive: bool) -> bool:
        """Nobody waits a second time for the rest of a body that came too slowly, nor at all where there is none."""
        try:
            if keepalive and conn.arrived.missing == 0:
                return bool(conn.parser.finish_body())
            return not conn.parser.unreader.late and bool(super()._keepalive_after(conn, keepalive))
        except TooSlow:
            return False

    def _hear(self, conn: Caller, _: Any = None) -> None:
        """Something came, or the connection is gone."""
        if conn.awaited:
            self._read(conn)
        else:
            # It is being answered, and what it says meanwhile has to wait.
            self._ignore(conn)

    def _read(self, conn: Caller) -> None:
        """Read what is there of a request."""
        try:
            octets = conn.sock.recv(_AT_ONCE, socket.MSG_DONTWAIT)
        except BlockingIOError:
            self._listen(conn)
        except OSError:
            self._dismiss(conn)
        else:
            if octets:
                self._add(conn, octets)
            else:
                self._dismiss(conn)

    def _add(self, conn: Caller, octets: bytes) -> None:
        arrived = conn.arrived
        if not arrived.octets:
            conn.until = time.monotonic() + self.patience.head
        arrived.add(octets)
        if arrived.is_too_long:
            self._forget(conn)
            self.refuse(conn, *_TOO_LONG)
        elif not arrived.head:
            self._listen(conn)
        else:
            self._go_on(conn)

    def _go_on(self, conn: Caller) -> None:
        """The head is there: somebody else gets it, or the body is waited for, or a thread takes both."""
        if not conn.sorted:
            conn.sorted = True
            self._forget(conn)
            if self.pass_on(conn):
                return
        if conn.arrived.missing and conn.arrived.is_small:
            self._listen(conn)
        else:
            self._forget(conn)
            self._admit(conn)

    def _admit(self, conn: Caller) -> None:
        """Give a thread what is there of a request."""
        conn.init()
        if not isinstance(conn.parser.unreader, PacedUnreader):
            conn.parser.unreader = PacedUnreader(conn.sock, self.patience)
        conn.parser.unreader.unread(bytes(conn.arrived.octets))
        conn.data_ready = True
        if conn.arrived.missing == 0:
            self._serve(conn)
            return
        # A thread reads the rest.
        self._ignore(conn)
        if self._has_turn():
            self._serve(conn, large=True)
        else:
            self._queue.append((conn, time.monotonic() + self.patience.turn))

    def _serve(self, conn: Caller, *, large: bool = False) -> None:
        if large:
            self._large.add(conn)
        self.tpool.do(partial(self._answer, conn, large), conn.arrived.deference)

    def _answer(self, conn: Caller, large: bool) -> None:
        """In a thread: answer, and wait for the next request on the connection from here on.

        All else is rare, and the reception's to do: waking it costs as much as a short answer.
        """
        # Until now it was this site that let the sender wait.
        conn.parser.unreader.begin()
        try:
            stays = self.handle(conn)
        except BaseException:
            self.log.exception("a request ended badly")
            stays = False
        if large or stays is not True or not self._comes_again(conn):
            done: Future[bool] = Future()
            done.set_result(stays)
            self.method_queue.defer(self.finish_request, conn, done)

    def _comes_again(self, conn: Caller) -> bool:
        """Whether the next request on a connection is waited for now."""
        full = self.nr_conns >= self.worker_connections - self.cfg.threads
        if full or not self.alive or conn.parser.unreader.buf.getvalue():
            return False
        try:
            conn.renew(time.monotonic() + self.patience.idle)
            self._listen(conn)
        except (OSError, ValueError, KeyError):
            return False
        return True

    def _has_turn(self) -> bool:
        return len(self._large) < max(1, int(self.cfg.threads) // 2)

    def _is_over(self, conn: Caller, now: float) -> bool:
        """Whether nobody waits for it any longer; at the end of all, whoever says nothing."""
        return conn.until <= now or (not self.alive and not conn.arrived.octets)

    def _listen(self, conn: Caller) -> None:
        """Wait for what comes next on a connection. One that is kept is heard all the time: that costs nothing."""
        if conn.awaited:
            return
        with self._hearing:
            # Known first: as soon as it is awaited, the reception may hear it.
            self._awaited[id(conn)] = conn
            conn.awaited = True
            if conn.heard:
                return
            try:
                self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._hear, conn))
            except (OSError, ValueError, KeyError):
                conn.awaited = False
                del self._awaited[id(conn)]
                raise
            conn.heard = True

    def _forget(self, conn: Caller) -> None:
        """Wait no more."""
        if conn.awaited:
            conn.awaited = False
            del self._awaited[id(conn)]

    def _ignore(self, conn: Caller) -> None:
        """Hear nothing of whoever is not awaited."""
        with self._hearing:
            if conn.heard and not conn.awaited:
                conn.heard = False
                # The thread that answers may have closed it.
                conn.sock.be_unheard()

    def _dismiss(self, conn: Caller) -> None:
        """Whoever it was is gone."""
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()

    def _make_room(self) -> None:
        """Wait no more for whoever has the least time left; where nobody waits, some request soon comes to its end."""
        if self._awaited:
            self._turn_away(min(list(self._awaited.values()), key=lambda one: one.until))
        else:
            time.sleep(0.01)

    def _turn_away(self, conn: Caller) -> None:
        """Out of time, or out of room; to whoever said nothing there is nothing to say."""
        if not conn.arrived.octets:
            self._dismiss(conn)
            return
        self._forget(conn)
        self.refuse(conn, *_TOO_SLOW)

    def refuse(self, conn: Caller, status: int, phrase: str, words: str) -> None:
        """Answer without a thread, and hang up."""
        head = f"HTTP/1.1 {status} {phrase}\r\nConnection: close\r\nContent-Type: text/plain\r\nRetry-After: 5\r\n"
        answer = f"{head}Content-Length: {len(words) + 1}\r\n\r\n{words}\n".encode("ascii")
        with contextlib.suppress(OSError):
            conn.sock.send(answer, socket.MSG_DONTWAIT)
        self.nr_conns -= 1
        conn.close(graceful=True)

    def _part_when_over(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if sock.recv(_AT_ONCE):
                return
        self._part(sock)

    def _part(self, sock: socket.socket) -> None:
        self._leaving = deque(one for one in self._leaving if one[0] is not sock)
        sock.close()
