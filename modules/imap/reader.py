"""Reading from a mail server with bounds: on lines, on literals, on a whole answer, and on the time it takes."""

import ssl
import time
from collections.abc import Iterable
from typing import Protocol

from modules.imap.errors import ServerGone

_CHUNK = 65536
LONGEST_LINE = 32 * 1024 * 1024
LONGEST_LITERAL = 64 * 1024 * 1024
LONGEST_ANSWER = 128 * 1024 * 1024


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
        return self._take(size)

    def read_announced(self, size: int) -> tuple[bytes, bytes]:
        """So many octets, and what follows them on their last line, without its end. Raises what `read` raises."""
        end = self._held.find(b"\n", size) if size < _CHUNK else -1
        if end < 0:
            return self.read(size), self.readline().rstrip(b"\r\n")
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
