"""A client that says what a test likes, in the pieces that it likes."""

import socket
import time

HEAD = b"POST %s HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"


class Client:
    """A connection on which a test says what it likes."""

    def __init__(self, port: int) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.heard = b""

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.sock.close()

    def say(self, *pieces: bytes, apart: float = 0.02) -> "Client":
        for piece in pieces:
            self.sock.sendall(piece)
            time.sleep(apart)
        return self

    def answer(self) -> tuple[int, bytes]:
        """The next answer: its status and body."""
        while b"\r\n\r\n" not in self.heard:
            self._hear()
        head, _, rest = self.heard.partition(b"\r\n\r\n")
        lengths = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        if not lengths:
            return int(head.split()[1]), rest + self.rest()
        length = int(lengths[0].partition(b":")[2])
        self.heard = rest
        while len(self.heard) < length:
            self._hear()
        body, self.heard = self.heard[:length], self.heard[length:]
        return int(head.split()[1]), body

    def rest(self) -> bytes:
        """All that still comes until the server hangs up."""
        heard = b""
        while octets := self.sock.recv(65_536):
            heard += octets
        return heard

    def _hear(self) -> None:
        octets = self.sock.recv(65_536)
        if not octets:
            raise ConnectionAbortedError(f"hung up after {self.heard!r}")
        self.heard += octets
