"""Bare IMAP on an open socket: commands go out as they are, and what comes back is read and not looked into."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass, field

_PIECE = 1 << 18


class BareFailed(RuntimeError):
    """The mail server refused a command, or closed the connection; the text says which."""


@dataclass
class BareImap:
    """One connection without TLS, as to a server or a proxy on this machine."""

    port: int
    host: str = "127.0.0.1"
    timeout: float = 300.0
    _socket: socket.socket = field(init=False, repr=False)
    _number: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Connect and read the greeting."""
        try:
            self._socket = socket.create_connection((self.host, self.port), timeout=self.timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            greeting = self._socket.recv(_PIECE)
        except OSError as error:
            raise BareFailed(f"The mail server cannot be reached: {error}") from error
        if not greeting.startswith(b"* "):
            said = greeting[:80].decode("utf-8", "replace").strip()
            raise BareFailed(f"The mail server cannot be reached, or does not greet{f': {said}' if said else '.'}")

    def __enter__(self) -> "BareImap":
        """The connection, closed in the end."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close it without a word."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def log_in(self, name: str, password: str) -> None:
        """LOGIN; name and password are quoted."""
        self.ask(f"LOGIN {_quoted(name)} {_quoted(password)}")

    def ask(self, *commands: str) -> bytes:
        """Send commands at once and give all that is answered. Raise BareFailed unless the last one succeeds."""
        tags = []
        lines = []
        for command in commands:
            self._number += 1
            tags.append(b"bare%06d" % self._number)
            lines.append(tags[-1] + b" " + command.encode() + b"\r\n")
        self._socket.sendall(b"".join(lines))
        return self._read(tags[-1], commands[-1])

    def capabilities(self) -> frozenset[str]:
        """What the server says it can do, in capitals."""
        lines = self.ask("CAPABILITY").decode("ascii", "replace").upper().split("\r\n")
        return frozenset(" ".join(line for line in lines if line.startswith("* CAPABILITY ")).split()[2:])

    def append(self, mailbox: str, messages: Iterable[tuple[str, str, bytes]]) -> None:
        """APPEND messages, each with its flags and internal date, in one command (RFC 3502, RFC 7888)."""
        self._number += 1
        tag = b"bare%06d" % self._number
        pieces = [tag + b' APPEND "%s"' % mailbox.encode()]
        for flags, date, raw in messages:
            pieces.append(f' ({flags}) "{date}" {{{len(raw)}+}}\r\n'.encode() + raw)
        self._socket.sendall(b"".join(pieces) + b"\r\n")
        self._read(tag, f"APPEND {mailbox}")

    def _read(self, tag: bytes, command: str) -> bytes:
        heard = bytearray()
        while True:
            piece = self._socket.recv(_PIECE)
            if not piece:
                raise BareFailed(f"The mail server closed the connection on {command}.")
            heard += piece
            if not heard.endswith(b"\r\n"):
                continue
            start = heard.rfind(b"\n", 0, len(heard) - 2) + 1
            if heard.startswith(tag, start):
                break
        if not heard.startswith(tag + b" OK", start):
            command = command.partition(" ")[0] if command.startswith("LOGIN ") else command
            raise BareFailed(f"{command}: {bytes(heard[start:]).decode('utf-8', 'replace').strip()}")
        return bytes(heard)


def _quoted(text: str) -> str:
    """A string as IMAP writes it between marks (RFC 9051 4.3)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
