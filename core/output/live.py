"""A browser's connection that goes on after its request: what is written there, and how it is framed."""

import socket
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Outlet:
    """A connection whose answer has begun and has no end yet. It does not block, and whoever has it closes it.

    With `chunked` what is written there has to say how long it is (RFC 9112 7.1).
    """

    connection: socket.socket = field(repr=False)
    chunked: bool

    def framed(self, octets: bytes) -> bytes:
        """Octets of the answer, one at least, as they go over the connection."""
        return b"%x\r\n%s\r\n" % (len(octets), octets) if self.chunked else octets

    @property
    def end(self) -> bytes:
        """What says that the answer is whole."""
        return b"0\r\n\r\n" if self.chunked else b""
