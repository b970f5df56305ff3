"""The proxy between hm3 and the mail server: it passes everything on, counts it, and can be far away."""

import socket
import threading
import time
import zlib
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.between import Between, Spoken, Upstream, proxy

SAID = b"a1 LOGIN {3+}\r\nann {6}\r\nse\r\ncr\r\na2 UID FETCH 1 (FLAGS)\r\na3 IDLE\r\nDONE\r\na4 NOOP\r\n"
NAMES = ["LOGIN", "UID FETCH", "IDLE", "NOOP"]


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that answers a line with the same line."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                while said := connection.recv(65536):
                    connection.sendall(said)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def exchange(between: Between, said: bytes) -> bytes:
    """What comes back through the proxy."""
    with socket.create_connection(("127.0.0.1", between.port), timeout=10) as connection:
        connection.sendall(said)
        heard = b""
        while len(heard) < len(said):
            heard += connection.recv(65536)
    return heard


def test_commands_are_told_from_what_literals_hold() -> None:
    assert Spoken().feed(SAID) == NAMES


@given(st.lists(st.integers(1, len(SAID) - 1), max_size=6))
def test_commands_are_found_however_the_octets_arrive(cuts: list[int]) -> None:
    spoken = Spoken()
    places = [0, *sorted(cuts), len(SAID)]
    found = [name for start, end in pairwise(places) for name in spoken.feed(SAID[start:end])]
    assert found == NAMES


def test_everything_passes_and_is_counted(echo: int) -> None:
    with proxy(Upstream("127.0.0.1", echo)) as between:
        assert exchange(between, SAID) == SAID
        counted = between.counters.take()
    assert (counted.commands, counted.turns) == (tuple(NAMES), 1)
    assert (counted.sent, counted.received) == (len(SAID), len(SAID))


def test_what_was_taken_is_not_counted_again(echo: int) -> None:
    with proxy(Upstream("127.0.0.1", echo)) as between:
        exchange(between, SAID)
        between.counters.take()
        counted = between.counters.take()
    assert (counted.commands, counted.turns, counted.sent, counted.received) == ((), 0, 0, 0)


def test_a_far_server_answers_no_sooner_than_its_distance_says(echo: int) -> None:
    with proxy(Upstream("127.0.0.1", echo), delay=0.1) as between:
        began = time.perf_counter()
        assert exchange(between, SAID) == SAID
        assert time.perf_counter() - began >= 0.1


def test_where_no_server_is_the_connection_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with (
        proxy(Upstream("127.0.0.1", port)) as between,
        socket.create_connection(("127.0.0.1", between.port), timeout=10) as connection,
    ):
        assert connection.recv(10) == b""


def test_commands_are_read_also_where_both_sides_compress() -> None:
    packing = zlib.compressobj(wbits=-15)
    spoken = Spoken()
    assert spoken.feed(b"a1 COMPRESS DEFLATE\r\n") == ["COMPRESS"]
    spoken.hear(b"a1 OK Begin compression.\r\n")
    assert spoken.feed(packing.compress(SAID) + packing.flush(zlib.Z_SYNC_FLUSH)) == NAMES


def test_commands_are_read_where_the_server_does_not_compress() -> None:
    spoken = Spoken()
    spoken.feed(b"a1 COMPRESS DEFLATE\r\n")
    spoken.hear(b"a1 NO never\r\n")
    assert spoken.feed(SAID) == NAMES


def test_a_narrow_line_takes_its_time_for_many_octets(echo: int) -> None:
    said = b"a1 NOOP " + b"x" * 20_000 + b"\r\n"
    with proxy(Upstream("127.0.0.1", echo), speed=200_000) as between:
        began = time.perf_counter()
        assert exchange(between, said) == said
        assert time.perf_counter() - began >= 0.2
