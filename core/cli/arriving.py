"""A request on its way in: how much of it has come, how much there will be, and how long all of that may take."""

import re
import socket
import time
from dataclasses import dataclass
from typing import Any

from gunicorn.http.unreader import SocketUnreader

from core.cli.urgency import deference_of
from core.errors import TooSlow
from core.sentences import Sentence

# More than this is no head of a browser's or a proxy's. A body up to that size is waited for without a thread.
LONGEST_HEAD = 65_536
SMALL_BODY = 65_536
_END = b"\r\n\r\n"
# Nothing of a line is tried again: anybody may send one that is as long as a head may be.
_TOLD = re.compile(rb"\r\n(content-length|transfer-encoding|expect):([^\r\n]*+)(?=\r)", re.IGNORECASE)
_NUMBER = re.compile(rb"[0-9]{1,18}")


@dataclass(frozen=True)
class Patience:
    """How long is waited for whoever sends, in seconds; a request is complete sooner almost always.

    A head and a small body have `head` in all. A large body has `grace`, and then has to have come at `rate` octets a
    second since its beginning. `turn` is how long a large body waits until a thread takes it, `idle` how long
    a new connection may say nothing, and `farewell` how long one stays half open after its last answer.
    """

    head: float = 10.0
    grace: float = 30.0
    rate: float = 4096.0
    turn: float = 60.0
    idle: float = 75.0
    farewell: float = 2.0


class Arrived:
    """What has come of a request, where its head ends, and from there on how long all of it is, if that is said."""

    def __init__(self) -> None:
        self.octets = bytearray()
        self.head = 0
        self._whole: int | None = None

    def add(self, octets: bytes) -> None:
        """More came."""
        before = len(self.octets)
        self.octets += octets
        if not self.head:
            found = self.octets.find(_END, max(0, before - len(_END) + 1))
            if found >= 0:
                self.head = found + len(_END)
                length = _length(bytes(self.octets[: self.head]))
                self._whole = None if length is None else self.head + length

    @property
    def is_too_long(self) -> bool:
        """Whether this is no head that anybody means well with."""
        return not self.head and len(self.octets) > LONGEST_HEAD

    @property
    def missing(self) -> int | None:
        """How many octets of the body are still to come; None where the head does not say, or more is to be said first.

        What the head really says the server finds out that reads it, which refuses what is not clear; this only tells
        what is worth waiting for.
        """
        return None if self._whole is None else max(0, self._whole - len(self.octets))

    @property
    def is_small(self) -> bool:
        """Whether all of it is soon there."""
        return self._whole is not None and self._whole - self.head <= SMALL_BODY

    def deference(self) -> float:
        """How many seconds it lets others go before it, if its head is there."""
        return deference_of(bytes(self.octets[: self.head]))


def _length(head: bytes) -> int | None:
    """How long a head says that the body is; None where it says that more than once, or that more is to be said."""
    told = _TOLD.findall(head)
    if not told:
        return 0
    name, value = told[0]
    plain = len(told) == 1 and name.lower() == b"content-length" and _NUMBER.fullmatch(value.strip(b" \t"))
    return int(value) if plain else None


# Any: gunicorn's parts have no types.
class PacedUnreader(SocketUnreader):  # type: ignore[misc]  # gunicorn has no types
    """Reads what is left of a request from its connection, in a thread, for as long as it comes fast enough."""

    def __init__(self, sock: socket.socket, patience: Patience) -> None:
        super().__init__(sock)
        self._patience = patience
        self._began = 0.0
        self._came = 0
        self.late = False
        self.message: Any = None

    def begin(self) -> None:
        """A request begins."""
        self._began, self._came = time.monotonic(), 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """What comes next. Raises TooSlow where it does not come in time."""
        before = self.sock.gettimeout()
        lasts = max(self._patience.grace, self._came / self._patience.rate)
        left = max(0.05, self._began + lasts - time.monotonic())
        # Whoever drops the rest of a body waits for less.
        self.sock.settimeout(left if before is None else min(before, left))
        try:
            octets: bytes = super().chunk(size_hint)
        except TimeoutError as error:
            if before is not None and before <= left:
                raise
            self.late = True
            if self.message is not None:
                self.message.force_close()
            raise TooSlow(Sentence("This came too slowly. Please try again where the connection is better.")) from error
        finally:
            self.sock.settimeout(before)
        self._came += len(octets)
        return octets
