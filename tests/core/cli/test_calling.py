"""Connections, and how much of a request is said to be still to come."""

import os
import selectors
import socket

import pytest

from core.cli.arriving import Arrived
from core.cli.calling import Line
from tests.core.cli.client import GET
from tests.core.cli.receptions import one_caller


def test_whoever_is_hung_up_on_is_not_listened_to() -> None:
    here, there = socket.socketpair()
    with selectors.DefaultSelector() as poller, there:
        line = Line(here, poller.unregister)
        poller.register(line, selectors.EVENT_READ)
        line.close()
        assert not poller.get_map()


def test_a_connection_that_somebody_goes_on_with_is_not_listened_to_and_stays_open() -> None:
    here, there = socket.socketpair()
    with selectors.DefaultSelector() as poller, there:
        line = Line(here, poller.unregister)
        poller.register(line, selectors.EVENT_READ)
        with socket.socket(fileno=line.detach()) as ours:
            line.close()
            assert not poller.get_map()
            there.send(b"on")
            assert ours.recv(2) == b"on"


def test_whoever_is_gone_is_not_looked_for_among_all_others() -> None:
    looked_for: list[socket.socket] = []
    here, there = socket.socketpair()
    with there:
        line = Line(here, looked_for.append)
        line.close()
        line.close()
    assert looked_for == [line]


def test_what_was_told_of_a_connection_before_a_thread_closed_it_harms_nobody() -> None:
    with one_caller() as (reception, caller, there):
        there.sendall(GET)
        reception._hear(caller)
        caller.sock.close()
        reception._hear(caller)
        assert not reception.poller.get_map()


def test_whom_nobody_listened_to_can_be_hung_up_on() -> None:
    here, there = socket.socketpair()
    with selectors.DefaultSelector() as poller, there:
        Line(here, poller.unregister).close()
        assert there.recv(1) == b""


def test_the_system_is_not_told_of_a_timeout_that_is_as_it_was() -> None:
    here, there = socket.socketpair()
    with Line(here, lambda sock: None) as line, there:
        os.set_blocking(line.fileno(), False)
        line.setblocking(True)
        assert not os.get_blocking(line.fileno())
        line.settimeout(5)
        line.setblocking(True)
        assert os.get_blocking(line.fileno())


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        (b"Host: here", 0),
        (b"Content-Length: 7", 7),
        (b"content-length:\t7 \t", 7),
        (b"X-Content-Length: 7", 0),
        (b"Content-Length: 7\r\nContent-Length: 7", None),
        (b"Content-Length: seven", None),
        (b"Content-Length: " + 19 * b"9", None),
        (b"Transfer-Encoding: chunked", None),
        (b"Expect: 100-continue\r\nContent-Length: 7", None),
    ],
)
def test_how_much_is_to_come_is_known_where_a_head_says_it_plainly(lines: bytes, missing: int | None) -> None:
    arrived = Arrived()
    arrived.add(b"POST / HTTP/1.1\r\n" + lines + b"\r\n\r")
    assert arrived.missing is None
    arrived.add(b"\n")
    assert arrived.missing == missing
    assert arrived.is_small == (missing is not None)


def test_what_came_with_the_head_is_not_missing() -> None:
    arrived = Arrived()
    arrived.add(b"POST / HTTP/1.1\r\nContent-Length: 7\r\n\r\nabc")
    assert arrived.missing == 4
    arrived.add(b"defgGET / HTTP/1.1")
    assert arrived.missing == 0
