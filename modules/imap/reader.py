"""Reading from a mail server with bounds: on lines, on literals, on a whole answer, and on the time it takes."""

import re
import ssl
import time
from collections.abc import Iterable
from typing import Protocol

from modules.imap.errors import ServerGone
from modules.imap.tokens import Record

_CHUNK = 65536
# What tells of a message, up to the first literal; and what announces one at the end of a line.
_FETCHED = re.compile(rb"\* (\d{1,20}) FETCH ([^\r\n]*\{(\d{1,20})\})\r\n")
LITERAL = re.compile(rb"\{(\d{1,20})\}\Z")
LONGEST_LINE = 32 * 1024 * 1024
LONGEST_LITERAL = 64 * 1024 * 1024
LONGEST_ANSWER = 128 * 1024 * 1024
# A literal counts as so many octets more, which it takes to hold it: of empty ones an answer could fill gigabytes.
_FOR_A_LITERAL = 100


class Source(Protocol):
    """Where octets come from: a socket, or what inflates what comes from one."""

    def recv(self, size: int, /) -> bytes:
        """So many octets at most; none where the connection ended."""
        ...


class BoundedReader:
    """Lines and literals from one socket. Every answer has `seconds` for each read and ten times that in all."""

    def __init__(self, sock: Source, seconds: float) -> None:
        self.socket = sock
        self._seconds = seconds
        self._held = bytearray()
        self._left = LONGEST_ANSWER
        self._end = time.monotonic() + 10 * seconds

    def allow(self, seconds: float) -> None:
        """From now on each read has so many seconds."""
        self._seconds = seconds

    def begin(self) -> None:
        """A new command was sent: its answer may be as long, in octets and in time, as any."""
        self._left = LONGEST_ANSWER
        self._end = time.monotonic() + 10 * self._seconds

    @property
    def holds_more(self) -> bool:
        """Whether octets were received that nobody has asked for yet."""
        return bool(self._held)

    def readline(self) -> bytes:
        """A line with its end, or what came before the connection ended."""
        return self._take(self._find_line() or len(self._held))

    def read_lines(self) -> list[bytes]:
        """The lines that are there, at least one, without their ends (CRLF); the last may announce a literal.

        Raises ServerGone where the connection ends before the end of a line.
        """
        if not self._find_line():
            raise ServerGone("The mail server ended the connection in the middle of an answer.")
        end = self._held.rfind(b"\n") + 1
        announced = self._held.find(b"}\r\n", 0, end)
        taken = self._take(announced + 3 if announced >= 0 else end)
        lines = taken.split(b"\r\n")
        if lines.pop() or taken.count(b"\n") != len(lines):
            raise ServerGone("The mail server ended a line otherwise than IMAP does.")
        return lines

    def read_fetched(self) -> list[tuple[Record, ...]]:
        """The next responses that were received as a whole and tell of a message with literals: the records of each.

        Any other response, and one of which more is to come, is left for `read_lines`.
        """
        held = self._held
        found: list[tuple[Record, ...]] = []
        done = 0
        while begun := _FETCHED.match(held, done):
            records: list[Record] = []
            text, start, announced = b"%b %b" % begun.group(1, 2), begun.end(), begun[3]
            while announced:
                stop = start + int(announced)
                end = held.find(b"\n", stop)
                records.append((text, bytes(held[start:stop])))
                text = bytes(held[stop:end]).rstrip(b"\r")
                more = LITERAL.search(text) if text[-1:] == b"}" and end >= 0 else None
                start, announced = end + 1, more[1] if more else b""
            if end < 0:
                break
            found.append((*records, text))
            self._left -= _FOR_A_LITERAL * len(records)
            done = start
        if done:
            self._take(done)
        return found

    def give_back(self, lines: Iterable[bytes]) -> None:
        """Hold lines again that were read too soon."""
        self._held[:0] = b"".join(line + b"\r\n" for line in lines)

    def _find_line(self) -> int:
        """Where the first line that was received ends; 0 where the connection ended before."""
        searched = 0
        while (end := self._held.find(b"\n", searched)) < 0:
            searched = len(self._held)
            if searched > LONGEST_LINE:
                raise ServerGone("The mail server sent a line that never ends.")
            if not self._receive():
                return 0
        return end + 1

    def read(self, size: int) -> bytes:
        """So many octets. Raises ServerGone where there are fewer, or more are announced than any answer needs."""
        if size > LONGEST_LITERAL:
            raise ServerGone(f"The mail server announced {size} octets at once, which is more than is taken.")
        while len(self._held) < size:
            if not self._receive():
                raise ServerGone("The mail server ended the connection in the middle of an answer.")
        self._left -= _FOR_A_LITERAL
        return self._take(size)

    def read_announced(self, size: int) -> tuple[bytes, bytes]:
        """So many octets, and what follows them on their last line, without its end. Raises what `read` raises."""
        end = self._held.find(b"\n", size) if size < _CHUNK else -1
        if end < 0:
            return self.read(size), self.readline().rstrip(b"\r\n")
        self._left -= _FOR_A_LITERAL
        taken = self._take(end + 1)
        return taken[:size], taken[size:].rstrip(b"\r\n")

    def take_rest(self) -> bytes:
        """What was received and nobody has asked for yet: from now on somebody else reads."""
        return self._take(len(self._held))

    def _take(self, size: int) -> bytes:
        taken = bytes(memoryview(self._held)[:size])
        del self._held[:size]
        self._left -= size
        if self._left < 0:
            raise ServerGone("The mail server sent an answer that never ends.")
        return taken

    def _receive(self) -> bool:
        if time.monotonic() > self._end:
            raise ServerGone("The mail server takes too long to finish an answer.")
        try:
            received = self.socket.recv(_CHUNK)
        except TimeoutError as error:
            raise ServerGone(f"The mail server did not answer within {self._seconds:g} seconds.") from error
        except (OSError, ssl.SSLError) as error:
            raise ServerGone("The connection to the mail server broke.") from error
        self._held += received
        return bool(received)
