"""The bounds under which answers of a mail server are read."""

import socket
import struct
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as some

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


class Pieces:
    """A connection over which these octets came in these pieces."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    def recv(self, size: int, /) -> bytes:
        """The next piece."""
        return self._pieces.pop(0) if self._pieces else b""


def hear(bounded: BoundedReader) -> list[bytes]:
    """Lines one after the other as they were sent, literals with them."""
    heard: list[bytes] = []
    while line := bounded.readline():
        heard.append(line)
    return heard


LITERALS = some.binary(max_size=9) | some.sampled_from([b"}\r\n", b"{1}\r\n", b"* 1 FETCH (A {1}\r\n"])
ROWS = some.lists(some.lists(LITERALS, min_size=1, max_size=3), max_size=4)


@given(ROWS, some.integers(0, 200))
def test_what_tells_of_messages_is_read_at_once_as_far_as_it_came_as_a_whole(rows: list[list[bytes]], cut: int) -> None:
    sent, expected, ends = b"* 5 EXISTS\r\n", [], []
    for number, literals in enumerate(rows, 1):
        texts = [b"%s {%d}" % (name, len(octets)) for name, octets in zip(b"A B C".split(), literals, strict=False)]
        texts[0] = b"(" + texts[0]
        lines = [text + b"\r\n" + octets for text, octets in zip(texts, literals, strict=True)]
        sent += b"* %d FETCH " % number + b" ".join(lines) + b" D 1)\r\n"
        texts = [b"%d " % number + texts[0], *[b" " + text for text in texts[1:]]]
        expected.append((*zip(texts, literals, strict=True), b" D 1)"))
        ends.append(len(sent))
    end = b"AAAA1 OK done\r\n"
    cut = min(max(cut, 12), len(sent))
    bounded = BoundedReader(Pieces(sent[:cut], sent[cut:] + end), 5)
    assert bounded.readline() == b"* 5 EXISTS\r\n"
    assert bounded.read_fetched() == expected[: sum(at <= cut for at in ends)]
    rest = b"".join(hear(bounded))
    assert rest == sent[max([12, *[at for at in ends if at <= cut]]) :] + end


@pytest.mark.parametrize(
    "sent",
    [
        b"* 1 FETCH (UID 5)\r\n",
        b"* 1 EXPUNGE\r\n",
        b"* 1 FETCH (A {3}\r\nabc",
        b"* 1 FETCH (A {3}\r\nabc B {2}\r\nab",
        b"* 1 FETCH (A {99999999999}\r\nabc)\r\n",
        b"* 1 FETCH (A\r {1}\r\na)\r\n",
        b"A1 OK {1}\r\na\r\n",
        b"",
    ],
)
def test_what_tells_of_no_message_or_did_not_come_as_a_whole_is_left(sent: bytes) -> None:
    bounded = BoundedReader(Pieces(b"\r\n" + sent), 5)
    assert (bounded.readline(), bounded.read_fetched()) == (b"\r\n", [])
    assert b"".join(hear(bounded)) == sent
