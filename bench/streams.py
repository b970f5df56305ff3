"""Many open streams of events: what they cost while nothing happens, how soon they tell, and what they cost pages."""

import asyncio
import contextlib
import resource
import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from bench.crowd import enter
from bench.house import BenchFailed, Login, Served, Smtp
from bench.letters import new_letter
from bench.measure import cpu_of, memory_of, percentile, timed
from bench.sides import Bench
from bench.work import list_newest, open_message
from demo.delivery import LmtpDelivery
from demo.dovecot import Dovecot

SIZE = 200
TURNS = 2
_PATIENCE = 120.0
_OTHER_FILES = 400

Took = dict[str, list[float]]


@dataclass(frozen=True)
class Effort:
    """How much is measured: pages of each kind in each turn, seconds of rest, and messages that are delivered."""

    pages: int = 200
    rest: float = 10.0
    deliveries: int = 5


@dataclass
class StreamFigures:
    """What so many streams of so many users cost. Times are in milliseconds, memory in octets, rest in cores.

    `first` is from the end of a delivery until one tab of that user heard of it, `last` until all of them had.
    """

    users: int
    streams: int
    without: Took = field(default_factory=lambda: {"list": [], "open": []})
    beside: Took = field(default_factory=lambda: {"list": [], "open": []})
    memory_a_stream: float = 0.0
    rest_without: float = 0.0
    rest_beside: float = 0.0
    first: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)

    def late(self, name: str, *, beside: bool) -> float:
        """What 95 of 100 pages of a kind took at most."""
        return percentile((self.beside if beside else self.without)[name], 0.95)


@dataclass
class Stream:
    """One open stream, and what was heard on it and not asked for yet."""

    user: int
    connection: socket.socket
    heard: bytearray = field(default_factory=bytearray)

    def take(self, event: str) -> bool:
        """Whether this event was heard; what came before it is forgotten."""
        sign = f"event: {event}\n".encode()
        if (at := self.heard.find(sign)) < 0:
            return False
        del self.heard[: at + len(sign)]
        return True


class Streams:
    """Open streams of logged-in browsers. They are read only while somebody waits for an event."""

    def __init__(self, benches: list[Bench], count: int) -> None:
        """Open them, the users in turn. Raise BenchFailed where one is refused."""
        self._selector = selectors.DefaultSelector()
        self._streams: list[Stream] = []
        for number in range(count):
            user = number % len(benches)
            connection = benches[user].browser.begin(f"/events/{benches[user].base.split('/')[2]}", "text/event-stream")
            connection.setblocking(False)
            stream = Stream(user, connection)
            self._streams.append(stream)
            self._selector.register(connection, selectors.EVENT_READ, stream)

    def wait(self, event: str, user: int | None = None) -> list[float]:
        """Wait until all, or all of a user, heard of an event; when each did, by `time.perf_counter`."""
        waiting = {id(stream): stream for stream in self._streams if user in (None, stream.user)}
        heard = [time.perf_counter() for stream in list(waiting.values()) if self._took(waiting, stream, event)]
        end = time.perf_counter() + _PATIENCE
        while waiting:
            if time.perf_counter() > end:
                raise BenchFailed(f"{len(waiting)} streams of {len(self._streams)} never heard of {event}.")
            for stream in self._read(1.0):
                if id(stream) in waiting and self._took(waiting, stream, event):
                    heard.append(time.perf_counter())
        return heard

    def forget(self) -> None:
        """Read what has come, and take it for known."""
        while self._read(0.0):
            pass
        for stream in self._streams:
            stream.heard.clear()

    def close(self) -> None:
        """Close them all."""
        self._selector.close()
        for stream in self._streams:
            stream.connection.close()

    @staticmethod
    def _took(waiting: dict[int, Stream], stream: Stream, event: str) -> bool:
        if stream.take(event):
            del waiting[id(stream)]
            return True
        return False

    def _read(self, seconds: float) -> list[Stream]:
        streams: list[Stream] = [key.data for key, _ in self._selector.select(seconds)]
        for stream in streams:
            with contextlib.suppress(BlockingIOError):
                received = stream.connection.recv(65536)
                if not received:
                    raise BenchFailed(f"hm3 ended a stream: {bytes(stream.heard[-200:])!r}")
                stream.heard += received
        return streams


def settings_of(users: int, streams: int) -> str:
    """What hm3.ini has to say for so many streams."""
    each = -(-streams // users)
    return f"[events]\nstreams = {streams}\nstreams_per_user = {each}\nconnections = {users}\n"


def measure_streams(
    logins: list[Login], streams: int, dovecot: Dovecot, hm3: Served, smtp: Smtp, effort: Effort | None = None
) -> StreamFigures:
    """Ask for pages without streams and beside them, in turns. Every user logs in first, with an inbox of `SIZE`."""
    effort = effort or Effort()
    _allow_files(streams + len(logins) + _OTHER_FILES)
    found = StreamFigures(len(logins), streams)
    with _entered(logins, dovecot, hm3, smtp) as benches:
        _ask(benches, len(benches), {"list": [], "open": []})
        for turn in range(TURNS):
            _ask(benches, effort.pages, found.without)
            before, rest = memory_of(hm3), _rest(hm3, effort.rest)
            opened = Streams(benches, streams)
            try:
                opened.wait("live")
                if turn == 0:
                    found.memory_a_stream, found.rest_without = max(0, memory_of(hm3) - before) / streams, rest
                    # Whoever begins to wait is told to look.
                    opened.wait("changed")
                    found.rest_beside = _rest(hm3, effort.rest)
                    _deliver(opened, logins, dovecot, found, effort.deliveries)
                _ask(benches, effort.pages, found.beside)
            finally:
                opened.close()
    return found


@contextmanager
def _entered(logins: list[Login], dovecot: Dovecot, hm3: Served, smtp: Smtp) -> Iterator[list[Bench]]:
    benches: list[Bench] = []
    try:
        for login in logins:
            benches.append(enter(login, SIZE, dovecot.imap_port, hm3, smtp))
        yield benches
    finally:
        for bench in benches:
            bench.browser.close()
            bench.bare.close()


def _ask(benches: list[Bench], count: int, took: Took) -> None:
    """Lists and messages of all users in turn, one request after the other."""
    for number in range(count):
        bench = benches[number % len(benches)]
        took["list"].append(timed(partial(list_newest, bench, number)))
        took["open"].append(timed(partial(open_message, bench, bench.a_plain(number))))


def _rest(hm3: Served, seconds: float) -> float:
    """How much of a core hm3 takes while nobody asks for anything."""
    used, began = cpu_of(hm3), time.perf_counter()
    time.sleep(seconds)
    return (cpu_of(hm3) - used) / (time.perf_counter() - began)


def _deliver(opened: Streams, logins: list[Login], dovecot: Dovecot, found: StreamFigures, count: int) -> None:
    delivery = LmtpDelivery(dovecot.lmtp_port)
    for number in range(count):
        user = number % len(logins)
        opened.forget()
        asyncio.run(delivery.deliver("ann@example.org", [logins[user].name], new_letter(number)))
        ended = time.perf_counter()
        moments = opened.wait("changed", user)
        found.first.append(max(0.0, min(moments) - ended) * 1000)
        found.last.append(max(0.0, max(moments) - ended) * 1000)
        # What comes within a second is told as one: the next user's delivery does not meet this one.
        time.sleep(1.1)


def _allow_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
