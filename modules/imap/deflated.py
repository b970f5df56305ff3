"""A connection to a mail server whose octets are compressed on the way (RFC 4978), with bounds on what they become."""

import socket
import time
import zlib

_CHUNK = 64 * 1024
# What we send is short: a small window costs each open connection little memory, and commands little time.
_LEVEL, _WINDOW, _MEMORY = 3, -12, 5


class Deflated:
    """Takes the place of a socket: what is sent is compressed, and what comes is inflated as far as it is asked for."""

    def __init__(self, sock: socket.socket, received: bytes = b"") -> None:
        """Go on with a socket, of which some compressed octets were received already."""
        self._socket = sock
        self._out = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY)
        self._in = zlib.decompressobj(-zlib.MAX_WBITS)
        self._rest = received
        self._may_hold = False

    @property
    def holds_more(self) -> bool:
        """Whether octets may be here that came and were not asked for yet."""
        return self._may_hold or bool(self._rest)

    def recv(self, size: int) -> bytes:
        """So many inflated octets at most; none where the connection ended. Raises OSError as sockets do."""
        patience = self._socket.gettimeout()
        end = time.monotonic() + patience if patience else None
        while not self._in.eof:
            if not self.holds_more:
                self._rest = self._socket.recv(_CHUNK)
                if not self._rest:
                    return b""
            try:
                inflated = self._in.decompress(self._rest, size)
            except zlib.error as error:
                raise ConnectionError("What came was not compressed as it should be.") from error
            self._rest = self._in.unconsumed_tail
            # What fills the room to the last octet may have left some within zlib.
            self._may_hold = len(inflated) == size
            if inflated:
                return inflated
            # Empty blocks make no octets, however many of them come.
            if end is not None and time.monotonic() > end:
                raise TimeoutError("All that came in time was nothing.")
        return b""

    def send(self, octets: bytes) -> int:
        """Send octets without waiting for room; fewer than all were taken where there is not enough."""
        packed = self._pack(octets)
        return len(octets) if self._socket.send(packed) == len(packed) else 0

    def sendall(self, octets: bytes) -> None:
        """Send octets, so that the other side can read all of them now."""
        self._socket.sendall(self._pack(octets))

    def fileno(self) -> int:
        """What to wait for."""
        return self._socket.fileno()

    def setsockopt(self, level: int, name: int, value: int) -> None:
        """Set an option of the socket."""
        self._socket.setsockopt(level, name, value)

    def settimeout(self, seconds: float | None) -> None:
        """Wait so long for each piece."""
        self._socket.settimeout(seconds)

    def setblocking(self, flag: bool) -> None:
        """Wait, or do not."""
        self._socket.setblocking(flag)

    def shutdown(self, how: int) -> None:
        """End one way or both."""
        self._socket.shutdown(how)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _pack(self, octets: bytes) -> bytes:
        return self._out.compress(octets) + self._out.flush(zlib.Z_SYNC_FLUSH)
