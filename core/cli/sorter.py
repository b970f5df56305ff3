"""The worker among several: each request goes to the one that serves its session, with the connection it came on."""

import contextlib
import os
import selectors
import socket
import time
from collections import deque
from functools import partial
from typing import Any

from core.cli.calling import Caller
from core.cli.crew import Crew
from core.cli.reception import TOO_BUSY, Reception
from core.web.sorting import read_place

# What was read of a request when its head is complete is less than this.
_MOST = 262_144
_AT_ONCE = 64


class Sorter(Reception):
    """Passes connections on, and takes those that others pass on.

    A connection goes with what was read of it, so that nothing is lost: not a body of which some came, nor a request
    behind it. Whoever gets one keeps it until it brings a request that is for another.
    """

    # Any: gunicorn's parts have no types.
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.worker = 0
        self._crew: Crew = self.app.crew
        self._outgoing: dict[int, deque[Caller]] = {}

    def run(self) -> None:
        """Serve until told to stop."""
        self.poller.register(self._crew.letterboxes[self.worker].inside, selectors.EVENT_READ, self._take)
        super().run()

    def murder_pending(self) -> None:
        """End what is out of time."""
        super().murder_pending()
        now = time.monotonic()
        for callers in self._outgoing.values():
            while callers and callers[0].until <= now:
                self.refuse(callers.popleft(), *TOO_BUSY)

    def pass_on(self, conn: Caller) -> bool:
        """Let another worker have a request, if it is the other's. What nobody's session shows is served here."""
        place = read_place(bytes(conn.arrived.octets[: conn.arrived.head]))
        whose = self.worker if place is None else self._crew.share.whose(place)
        if conn.came or whose == self.worker:
            return False
        waiting = self._outgoing.setdefault(whose, deque())
        if waiting or not self._send(conn, whose):
            if not waiting:
                slot = self._crew.letterboxes[whose].slot
                self.poller.register(slot, selectors.EVENT_WRITE, partial(self._send_waiting, whose))
            waiting.append(conn)
        return True

    def _send(self, conn: Caller, whose: int) -> bool:
        """False where the other's letterbox is full."""
        try:
            socket.send_fds(self._crew.letterboxes[whose].slot, [conn.arrived.octets], [conn.sock.fileno()])
        except BlockingIOError:
            return False
        except OSError:
            self.log.exception("a connection could not be passed on")
            self.refuse(conn, *TOO_BUSY)
            return True
        conn.close()
        self.nr_conns -= 1
        return True

    def _send_waiting(self, whose: int, slot: socket.socket) -> None:
        waiting = self._outgoing[whose]
        while waiting and self._send(waiting[0], whose):
            waiting.popleft()
        if not waiting:
            self.poller.unregister(slot)

    def _take(self, inside: socket.socket) -> None:
        """Take what the others passed on."""
        for _ in range(_AT_ONCE):
            try:
                octets, descriptors, flags, _ = socket.recv_fds(inside, _MOST, 1)
            except BlockingIOError:
                return
            for descriptor in descriptors:
                os.set_inheritable(descriptor, False)
                sock = socket.socket(fileno=descriptor)
                if flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
                    sock.close()
                else:
                    self._welcome(sock, octets)

    def _welcome(self, sock: socket.socket, octets: bytes) -> None:
        with contextlib.suppress(OSError):
            client = sock.getpeername()
            self.nr_conns += 1
            self.begin(Caller(self, sock, client), octets, came=True)
            return
        # It is gone already.
        sock.close()
