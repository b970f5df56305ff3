"""The bounds under which answers of a mail server are read."""

import socket
import struct
from collections.abc import Iterator

import pytest

from modules.imap import reader
from modules.imap.errors import ServerGone
from modules.imap.reader import BoundedReader


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a connection: ours, and the mail server's."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ours = socket.create_connection(listening.getsockname(), timeout=5)
        theirs, _ = listening.accept()
    with ours, theirs:
        yield ours, theirs


def test_lines_and_literals_come_as_they_were_sent(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    theirs.sendall(b"one\r\ntwo\nlit\0eral" + b"rest")
    bounded = BoundedReader(ours, 5)
    assert (bounded.readline(), bounded.readline(), bounded.read(8)) == (b"one\r\n", b"two\n", b"lit\0eral")
    assert bounded.holds_more
    theirs.shutdown(socket.SHUT_WR)
    assert (bounded.readline(), bounded.readline()) == (b"rest", b"")
    assert not bounded.holds_more


def test_a_literal_that_ends_early_is_told(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    theirs.sendall(b"short")
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(ServerGone, match="in the middle of an answer"):
        BoundedReader(ours, 5).read(6)


def test_an_announced_literal_of_any_size_takes_no_memory(ends: tuple[socket.socket, socket.socket]) -> None:
    with pytest.raises(ServerGone, match="announced 10000000000 octets at once"):
        BoundedReader(ends[0], 5).read(10**10)


def test_an_answer_that_drips_is_given_up(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    theirs.sendall(b"drip")
    bounded = BoundedReader(ours, 0)
    with pytest.raises(ServerGone, match="takes too long to finish"):
        bounded.readline()


def test_silence_is_given_up(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = ends
    ours.settimeout(0.05)
    with pytest.raises(ServerGone, match=r"did not answer within 0\.05 seconds"):
        BoundedReader(ours, 0.05).readline()


def test_a_reset_connection_is_told(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    theirs.close()
    with pytest.raises(ServerGone, match="connection to the mail server broke"):
        BoundedReader(ours, 5).readline()


def test_each_command_may_have_a_long_answer(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "LONGEST_ANSWER", 6)
    ours, theirs = ends
    theirs.sendall(b"1234\n1234\n1234\n")
    bounded = BoundedReader(ours, 5)
    assert bounded.readline() == b"1234\n"
    bounded.begin()
    assert bounded.readline() == b"1234\n"
    with pytest.raises(ServerGone, match="never ends"):
        bounded.readline()


def test_lines_come_all_at_once_up_to_one_that_announces_a_literal(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    theirs.sendall(b"* 1 EXISTS\r\n* 2 FETCH (BODY {3}\r\nabc)\r\n* 3 RECENT\r\nA1 O")
    bounded = BoundedReader(ours, 5)
    assert bounded.read_lines() == [b"* 1 EXISTS", b"* 2 FETCH (BODY {3}"]
    assert bounded.read(3) == b"abc"
    assert bounded.read_lines() == [b")", b"* 3 RECENT"]
    theirs.sendall(b"K\r\n")
    assert bounded.read_lines() == [b"A1 OK"]


def test_lines_that_were_read_too_soon_are_held_again(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    theirs.sendall(b"A1 OK\r\n* BYE\r\n")
    bounded = BoundedReader(ours, 5)
    _, *later = bounded.read_lines()
    assert not bounded.holds_more
    bounded.give_back(later)
    assert (bounded.holds_more, bounded.read_lines()) == (True, [b"* BYE"])


@pytest.mark.parametrize("sent", [b"* 1 EXISTS\n", b"* 1 EXISTS\n* 2 RECENT\r\n", b"* 1 EXISTS\r\n* 2 RECENT\n"])
def test_a_line_that_ends_as_none_of_imap_is_told(ends: tuple[socket.socket, socket.socket], sent: bytes) -> None:
    ours, theirs = ends
    theirs.sendall(sent)
    with pytest.raises(ServerGone, match="otherwise than IMAP"):
        BoundedReader(ours, 5).read_lines()


def test_an_answer_that_ends_within_a_line_is_told(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    theirs.sendall(b"* 1 EXI")
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(ServerGone, match="in the middle of an answer"):
        BoundedReader(ours, 5).read_lines()
