"""Slow readers at a real server: they hold threads as long as others have some, and make way where none is left."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from core.cli.takers import SLOW, Takers
from tests.core.cli.client import GET, Client
from tests.core.cli.test_reception import serving

MEGABYTE = 1_000_000
MUCH = b"GET /much HTTP/1.1\r\nHost: hm3.example\r\n\r\n"


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server with four threads."""
    with serving() as port:
        yield port


class Reader:
    """Asks for much and takes it in pieces with pauses, until it has all or is given up."""

    def __init__(self, port: int, piece: int, pause: float) -> None:
        self._client = Client(port)
        self._client.sock.sendall(MUCH)
        self._piece, self._pause = piece, pause
        self.taken, self.is_over = 0, threading.Event()
        self._thread = threading.Thread(target=self._take)
        self._thread.start()

    def _take(self) -> None:
        try:
            while self.taken < 40 * MEGABYTE and (octets := self._client.sock.recv(self._piece)):
                self.taken += len(octets)
                self.is_over.wait(self._pause)
        except OSError:
            pass
        self.is_over.set()

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        self._client.sock.shutdown(2)
        self._thread.join(60)
        self._client.sock.close()


def test_slow_readers_make_way_where_no_thread_is_left_and_others_keep_theirs(port: int) -> None:
    with ExitStack() as readers:
        steady = readers.enter_context(Reader(port, 20_000, 0.05))
        for _ in range(3):
            readers.enter_context(Reader(port, 10, 0.5))
        time.sleep(0.5)
        with Client(port) as other:
            other.sock.sendall(GET)
            assert other.answer()[0] == 200
        # It was not the steady one's thread.
        before = steady.taken
        time.sleep(1)
        assert not steady.is_over.is_set() and steady.taken > before + 100_000


def test_as_long_as_there_are_threads_nobody_is_given_up(port: int) -> None:
    with ExitStack() as readers:
        slow = [readers.enter_context(Reader(port, 10, 0.2)) for _ in range(3)]
        time.sleep(SLOW + 1)
        with Client(port) as other:
            other.sock.sendall(GET)
            assert other.answer()[0] == 200
        before = [one.taken for one in slow]
        time.sleep(1)
        assert all(one.taken > taken for one, taken in zip(slow, before, strict=True))


class Taker:
    """Somebody who takes an answer."""

    def __init__(self) -> None:
        self.is_given_up = False

    def give_up(self) -> None:
        self.is_given_up = True


def test_the_slowest_make_way_first_and_only_who_is_slow() -> None:
    now = 0.0
    known, ones = Takers(lambda: now), [Taker() for _ in range(4)]
    with ExitStack() as waiting:
        for number, one in enumerate(ones):
            now = float(number)
            waiting.enter_context(known.waiting(one))
        now = SLOW + 1.5
        known.make_way(1)
        assert [one.is_given_up for one in ones] == [True, True, False, False]
        now = SLOW + 99
        known.make_way(2)
        assert [one.is_given_up for one in ones] == [True, True, False, False]
        known.make_way(1)
        assert [one.is_given_up for one in ones] == [True, True, True, False]
    known.make_way(0)
    assert not ones[3].is_given_up
