"""The protocol engine under a connection: imaplib's, with bounds, our TLS rules, and responses kept in their order."""

import imaplib
import re
import selectors
import socket
import ssl
from dataclasses import dataclass
from typing import Any

from core import UpstreamError, outside, tls
from modules.imap.errors import CertificateRefused, ServerGone
from modules.imap.reader import BoundedReader
from modules.imap.server import Server
from modules.imap.tokens import Record

FORBIDDEN = re.compile(rb"[\r\n\x00]")
_MOST_RESPONSES = 1_000_000
_KEPT_BY_IMAPLIB = frozenset({"OK", "NO", "BAD", "BYE", "PREAUTH", "CAPABILITY"})


class Injection(ValueError):
    """A command would hold octets that end its line; it was not sent."""


@dataclass(frozen=True)
class Heard:
    """One untagged response or response code: its kind, such as FETCH or COPYUID, and its octets."""

    kind: str
    records: tuple[Record, ...]

    @property
    def text(self) -> bytes:
        """The first line of octets."""
        first = self.records[0]
        return first[0] if isinstance(first, tuple) else first


class Wire(imaplib.IMAP4):
    """An IMAP connection that reads with bounds, checks certificates as the server's entry says, and keeps no log."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._context = tls.make_context(server.options) if server.options.encrypted else None
        self._reader: BoundedReader | None = None
        self._records: list[Record] = []
        self.heard: list[Heard] = []
        self.words = b""
        super().__init__(server.host, server.port)

    def begin(self) -> None:
        """Forget what was heard: a new command follows."""
        self.heard = []
        self._records = []
        self._current().begin()

    def start_tls(self) -> None:
        """Go on encrypted (RFC 9051 6.2.1). Raises ServerGone where anything was sent ahead of the encryption."""
        assert self._context is not None
        kind, _ = self._simple_command("STARTTLS")
        if kind != "OK":
            raise ServerGone(f"The mail server {self.host} refuses STARTTLS.")
        if self._current().holds_more:
            # Such octets come from somebody on the way: they would count as the server's own.
            raise ServerGone(f"The mail server {self.host} sent octets between STARTTLS and the encryption.")
        self.sock = self._encrypt(self.sock)
        self._reader = None

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Connect, and encrypt at once where the server's entry says so."""
        self.host, self.port = host, port
        sock = outside.connect(host, port, self._server.connect_timeout, outside=self._server.outside)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sock = self._encrypt(sock) if self._server.options.security is tls.Security.TLS else sock
            self.sock.settimeout(self._server.read_timeout)
        except BaseException:
            sock.close()
            raise

    def read(self, size: int) -> bytes:
        """So many octets of a literal."""
        return self._current().read(size)

    def readline(self) -> bytes:
        """One line with its end."""
        return self._current().readline()

    @property
    def is_quiet(self) -> bool:
        """Whether the server has said nothing, and has not hung up, since its last answer was read."""
        if self._current().holds_more:
            return False
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.sock, selectors.EVENT_READ)
            return not waiting.select(0)

    def shutdown(self) -> None:
        """Close the socket, whatever state it is in."""
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        finally:
            self.sock.close()

    def _current(self) -> BoundedReader:
        if self._reader is None or self._reader.socket is not self.sock:
            self._reader = BoundedReader(self.sock, self._server.read_timeout)
        return self._reader

    def _encrypt(self, sock: socket.socket) -> ssl.SSLSocket:
        assert self._context is not None
        encrypted = self._context.wrap_socket(sock, server_hostname=self._server.host)
        try:
            tls.check_pin(encrypted, self._server.options)
        except UpstreamError as error:
            encrypted.close()
            raise CertificateRefused(str(error)) from error
        return encrypted

    def _command(self, name: str, *args: str | bytes | None) -> bytes:
        for argument in args:
            octets = argument.encode("utf-8", "surrogatepass") if isinstance(argument, str) else argument or b""
            if FORBIDDEN.search(octets):
                raise Injection("A command to the mail server would hold a control character.")
        self.begin()
        return bytes(super()._command(name, *args))  # type: ignore[misc]  # typeshed does not list it.

    # Any: what imaplib keeps of a tagged response; its last line is kept here, for BAD raises without it.
    def _get_tagged_response(self, tag: bytes, expect_bye: bool = False) -> Any:
        result = super()._get_tagged_response(tag, expect_bye)  # type: ignore[misc]  # typeshed does not list it.
        self.words = result[1][-1] or b""
        return result

    def _append_untagged(self, kind: str, octets: Record | None) -> None:
        self._records.append(octets or b"")
        if isinstance(octets, tuple):
            return
        self.heard.append(Heard(kind, tuple(self._records)))
        self._records = []
        if len(self.heard) > _MOST_RESPONSES:
            raise ServerGone("The mail server sent an answer that never ends.")
        if kind in _KEPT_BY_IMAPLIB:
            super()._append_untagged(kind, octets)  # type: ignore[misc]  # typeshed does not list it.

    def _log(self, line: str) -> None:
        """Keep nothing: imaplib would remember the last commands, passwords among them."""
