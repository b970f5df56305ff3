"""The socket of a connection: who takes nothing of an answer holds no thread for long."""

import errno
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from core.cli import calling
from core.cli.calling import Line

MUCH = b"x" * 8_000_000


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Line, socket.socket]]:
    """The socket of a connection, and a browser at its other end; a second is too long for them."""
    monkeypatch.setattr(calling, "STALLED", 1)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        browser = socket.create_connection(listening.getsockname(), timeout=60)
        accepted, _ = listening.accept()
    line = Line(accepted, lambda sock: None)
    line.setblocking(True)
    with browser, line:
        yield line, browser


def test_whoever_takes_nothing_is_given_up(ends: tuple[Line, socket.socket]) -> None:
    line, _ = ends
    with pytest.raises(ConnectionResetError) as given_up:
        line.sendall(MUCH)
    # What the server passes over without a word in the log.
    assert given_up.value.errno == errno.ECONNRESET


def test_whoever_takes_little_at_a_time_gets_all_of_it(ends: tuple[Line, socket.socket]) -> None:
    line, browser = ends
    taken: list[int] = []

    def take() -> None:
        while sum(taken) < len(MUCH):
            taken.append(len(browser.recv(40_000 if sum(taken) < 400_000 else 1_000_000)))
            time.sleep(0.3)

    taking = threading.Thread(target=take)
    taking.start()
    began = time.monotonic()
    line.sendall(MUCH)
    assert time.monotonic() - began > calling.STALLED
    taking.join()
    assert sum(taken) == len(MUCH)


def test_who_does_not_want_to_wait_is_told_so(ends: tuple[Line, socket.socket]) -> None:
    line, _ = ends
    line.setblocking(False)
    with pytest.raises(BlockingIOError):
        line.sendall(MUCH)
