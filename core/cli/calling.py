"""Connections: each with what has come of the request on its way in, and until when all of that has to be there."""

import contextlib
import errno
import fcntl
import socket
import struct
import sys
import termios
import threading
from collections.abc import Callable
from typing import Any, Protocol

from gunicorn.workers.gthread import TConn

from core.cli.arriving import Arrived
from core.cli.takers import Takers

# Three times as many seconds at most somebody may take nothing of an answer for which a thread waits: a part of it may
# find room first, and then it has to be seen twice that nothing is taken.
STALLED = 40
# So many octets are handed over at once to whoever does not take all of it.
_PIECE = 262_144


class Line(socket.socket):
    """The socket of a connection: whoever closes it or goes on with it, nobody else listens to it any more.

    A thread may close it, and the system gives its number to the next connection. To set a timeout that it has
    costs no call of the system.
    """

    def __init__(
        self, sock: socket.socket, forget: Callable[[socket.socket], object], takers: Takers | None = None
    ) -> None:
        super().__init__(sock.family, sock.type, sock.proto, sock.detach())
        self.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", STALLED, 0))
        self._forget = forget
        self._takers = takers or Takers()
        # Held while it is closed, or while somebody else needs that it is not.
        self._closing = threading.RLock()

    def setblocking(self, flag: bool) -> None:
        """Wait for what is asked of it, or do not."""
        self.settimeout(None if flag else 0.0)

    def settimeout(self, value: float | None) -> None:
        """Wait so many seconds at most."""
        if value != self.gettimeout():
            super().settimeout(value)

    # Any: whatever holds octets
    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Send all of it. Raises ConnectionResetError where nothing of it is taken for too long."""
        left, untaken = memoryview(data), -1
        while left:
            try:
                left, untaken = left[self.send(left, flags | socket.MSG_DONTWAIT) :], -1
                continue
            except BlockingIOError:
                if self.gettimeout() == 0.0:
                    raise
            try:
                with self._takers.waiting(self):
                    left, untaken = left[self.send(left[:_PIECE], flags) :], -1
            except BlockingIOError as error:
                # There is room only where much of it was taken; that some was tells what is left to be.
                before, untaken = untaken, self._untaken()
                if untaken == before:
                    raise ConnectionResetError(errno.ECONNRESET, "Nobody took the rest of the answer.") from error

    def give_up(self) -> None:
        """End the connection, also while a thread waits to send more; closing it is left to that."""
        with self._closing, contextlib.suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)

    def _untaken(self) -> int:
        """How many octets were sent and did not arrive yet (SIOCOUTQ of tcp(7))."""
        return int.from_bytes(fcntl.ioctl(self, termios.TIOCOUTQ, bytes(4)), sys.byteorder)

    def close(self) -> None:
        """Close it, unheard."""
        with self._closing:
            self.be_unheard()
            super().close()

    def detach(self) -> int:
        """Give its descriptor to somebody who goes on with it."""
        with self._closing:
            self.be_unheard()
            return super().detach()

    def be_unheard(self) -> None:
        """Let nobody listen to it, as where it is closed already."""
        # Without a descriptor it is in no list, and a selector would go through all it knows while threads add to it.
        with self._closing, contextlib.suppress(OSError, KeyError, ValueError):
            if self.fileno() >= 0:
                self._forget(self)


class Host(Protocol):
    """Who takes calls."""

    # Any in this file: gunicorn's parts have no types.
    cfg: Any
    poller: Any
    sockets: Any
    takers: Takers

    def see_off(self, caller: "Caller") -> None:
        """Close a connection in a while."""


class Caller(TConn):  # type: ignore[misc]  # gunicorn has no types
    """A connection, whose end keeps nobody waiting, and the request on it.

    `arrived` is what has come of that, all of which has to be there at the moment `until`. `came` says that another
    worker passed it on, `sorted` that it is known whose it is, `awaited` that the next of it is waited for, and `heard`
    that the reception learns when something comes, awaited or not.
    """

    def __init__(self, host: Host, sock: socket.socket, client: Any) -> None:
        super().__init__(
            host.cfg, Line(sock, host.poller.unregister, host.takers), client, host.sockets[0].getsockname()
        )
        # What is there is read without waiting, and all else is done by threads, which may wait.
        self.sock.setblocking(True)
        self._host = host
        self.awaited = self.heard = False
        self.renew(0.0)

    def renew(self, until: float, *, came: bool = False) -> None:
        """A request follows."""
        self.arrived = Arrived()
        self.until = until
        self.came = came
        self.sorted = False

    def close(self, graceful: bool = False) -> None:
        """Close it; one that was answered stays half open for a moment, so that nothing of the answer is lost."""
        if graceful:
            self._host.see_off(self)
        else:
            with contextlib.suppress(OSError):
                self.sock.close()
