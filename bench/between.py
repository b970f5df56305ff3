"""A proxy between hm3 and the mail server: it counts commands, turns and octets, and can put the server far away, or at
the end of a narrow line.
"""

import asyncio
import re
import ssl
import threading
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_COMMAND = re.compile(rb"[!-~]+ ((?:UID )?[A-Z]+)", re.IGNORECASE)
_AGREED = re.compile(rb"[!-~]+ OK")
_LITERAL = re.compile(rb"\{(\d+)\+?\}$")
_WAIT = 20.0


@dataclass(frozen=True)
class Traffic:
    """What went over the connections meanwhile: commands by their names, turns (round trips), octets each way."""

    commands: tuple[str, ...] = ()
    turns: int = 0
    sent: int = 0
    received: int = 0

    @property
    def size(self) -> tuple[int, int]:
        """How much it is, to be compared: commands, then turns."""
        return len(self.commands), self.turns


@dataclass
class Counters:
    """The running counts, shared by all connections of a proxy; `failed` says why the last one led nowhere."""

    commands: list[str] = field(default_factory=list)
    turns: int = 0
    sent: int = 0
    received: int = 0
    failed: str = ""

    def take(self) -> Traffic:
        """What was counted since the last time, and begin anew."""
        taken = Traffic(tuple(self.commands), self.turns, self.sent, self.received)
        self.commands, self.turns, self.sent, self.received = [], 0, 0, 0
        return taken


@dataclass(frozen=True)
class Upstream:
    """The mail server behind a proxy; `context` is there where it wants TLS from the first octet."""

    host: str
    port: int
    context: ssl.SSLContext | None = None


@dataclass(frozen=True)
class Between:
    """A running proxy: the port it listens on at this machine, without TLS, and what it counts."""

    port: int
    counters: Counters


class Spoken:
    """Reads the commands out of what a client sends, without what literals hold (RFC 9051 4.3).

    The mail server's answers it needs only to know when both agree to compress what follows (RFC 4978).
    """

    def __init__(self) -> None:
        self._inflating: zlib._Decompress | None = None
        self._asks_to_compress = False
        self._rest = b""
        self._skip = 0
        self._inside = False

    def feed(self, octets: bytes) -> list[str]:
        """The names of the commands that begin in these octets."""
        if self._inflating is not None:
            octets = self._inflating.decompress(octets)
        found: list[str] = []
        data = self._rest + octets
        self._rest = b""
        while data:
            if self._skip:
                passed = min(self._skip, len(data))
                self._skip, data = self._skip - passed, data[passed:]
                continue
            line, end, after = data.partition(b"\r\n")
            if not end:
                self._rest = data
                break
            match = None if self._inside else _COMMAND.match(line)
            if match:
                found.append(match[1].decode("ascii").upper())
            literal = _LITERAL.search(line)
            self._inside = literal is not None
            self._skip = int(literal[1]) if literal else 0
            data = after
        self._asks_to_compress = found[-1:] == ["COMPRESS"]
        return found

    def hear(self, octets: bytes) -> None:
        """Notice what the mail server says to the last command."""
        if self._asks_to_compress and _AGREED.match(octets):
            self._inflating = zlib.decompressobj(-zlib.MAX_WBITS)
        self._asks_to_compress = False


@contextmanager
def proxy(upstream: Upstream, delay: float = 0.0, speed: int = 0) -> Iterator[Between]:
    """Run a proxy in a thread of its own; `delay` is the time in seconds from a question to its answer's arrival, and
    `speed` how many octets a second pass each way on one connection, or 0 for as many as there are.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="between", daemon=True)
    thread.start()
    counters = Counters()

    async def start() -> asyncio.Server:
        return await loop.create_server(lambda: _Near(upstream, counters, delay / 2, speed), "127.0.0.1", 0)

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(_WAIT)
    try:
        yield Between(int(server.sockets[0].getsockname()[1]), counters)
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(_WAIT)
        loop.close()


class _Way:
    """Octets on their way to one end, each piece as late as the distance and the width of the line say."""

    def __init__(self, delay: float, speed: int) -> None:
        self._delay = delay
        self._speed = speed
        self._free = 0.0
        self._waiting: deque[bytes] = deque()
        self._to: asyncio.WriteTransport | None = None

    def open(self, to: asyncio.WriteTransport) -> None:
        """Send what waited until this end was there, and all that follows."""
        self._to = to
        if not self._is_long:
            while self._waiting:
                to.write(self._waiting.popleft())

    @property
    def _is_long(self) -> bool:
        return bool(self._delay or self._speed)

    def send(self, octets: bytes) -> None:
        """Send octets after the delay, once the line has taken all that went before and these."""
        if self._to is not None and not self._is_long:
            self._to.write(octets)
            return
        self._waiting.append(octets)
        if self._is_long:
            loop = asyncio.get_running_loop()
            self._free = max(self._free, loop.time()) + (len(octets) / self._speed if self._speed else 0.0)
            loop.call_at(self._free + self._delay, self._deliver)

    def _deliver(self) -> None:
        if self._to is None:
            asyncio.get_running_loop().call_later(0.001, self._deliver)
        elif self._waiting:
            self._to.write(self._waiting.popleft())

    def close(self) -> None:
        """Close this end when everything has arrived."""
        if self._to is not None:
            loop = asyncio.get_running_loop()
            loop.call_at(max(self._free, loop.time()) + self._delay * 2 + 0.001, self._to.close)


class _Near(asyncio.Protocol):
    """The end at which hm3 connects."""

    def __init__(self, upstream: Upstream, counters: Counters, delay: float, speed: int) -> None:
        self._upstream, self._counters = upstream, counters
        self._there, self._back = _Way(delay, speed), _Way(delay, speed)
        self._spoken = Spoken()
        self._asking = False
        self._opening: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connect to the server."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._back.open(transport)
        self._opening = asyncio.get_running_loop().create_task(self._open(transport))

    async def _open(self, transport: asyncio.WriteTransport) -> None:
        loop, to = asyncio.get_running_loop(), self._upstream
        try:
            far, _ = await loop.create_connection(lambda: _Far(self), to.host, to.port, ssl=to.context)
        except OSError as error:
            self._counters.failed = str(error)
            transport.close()
            return
        self._there.open(far)

    def data_received(self, data: bytes) -> None:
        """Count what hm3 says and pass it on."""
        counters = self._counters
        counters.sent += len(data)
        counters.turns += not self._asking
        self._asking = True
        counters.commands += self._spoken.feed(data)
        self._there.send(data)

    def answer(self, data: bytes) -> None:
        """Count what the server says and pass it on."""
        self._counters.received += len(data)
        self._asking = False
        self._spoken.hear(data)
        self._back.send(data)

    def connection_lost(self, reason: Exception | None) -> None:
        """Hang up at the server."""
        self._there.close()

    def hang_up(self) -> None:
        """Hang up at hm3."""
        self._back.close()


class _Far(asyncio.Protocol):
    """The end that is connected to the server."""

    def __init__(self, near: _Near) -> None:
        self._near = near

    def data_received(self, data: bytes) -> None:
        """Pass on what the server says."""
        self._near.answer(data)

    def connection_lost(self, reason: Exception | None) -> None:
        """Hang up at hm3 too."""
        self._near.hang_up()
