"""A small clamd: it takes files by INSTREAM over TCP or a Unix socket, and finds what it is told to find."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class Clamd:
    """What it heard, and how it answers: by looking, or always with the same words."""

    port: int = 0
    heard: list[bytes] = field(default_factory=list)
    says: bytes | None = None
    most: int = 10_000_000

    def serve(self, connection: socket.socket) -> None:
        """One conversation."""
        with connection, connection.makefile("rb") as lines:
            assert lines.read(10) == b"zINSTREAM\0"
            octets = bytearray()
            while length := struct.unpack("!I", lines.read(4))[0]:
                octets += lines.read(length)
                if len(octets) > self.most:
                    connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                    return
            self.heard.append(bytes(octets))
            found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in octets else b"stream: OK\0"
            connection.sendall(found if self.says is None else self.says)


@contextmanager
def clamd(path: Path | None = None) -> Iterator[Clamd]:
    """A daemon at a Unix socket or, without one, at a free port."""
    listener = socket.socket(socket.AF_INET if path is None else socket.AF_UNIX)
    listener.bind(("127.0.0.1", 0) if path is None else str(path))
    listener.listen()
    daemon = Clamd(listener.getsockname()[1] if path is None else 0)

    def listen() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            try:
                daemon.serve(connection)
            except (OSError, struct.error):
                continue

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield daemon
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(60)
