"""The protocol engine under a connection: imaplib's, with bounds, our TLS rules, and responses kept in their order."""

import imaplib
import re
import select
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast

from core import UpstreamError, outside, tls
from modules.imap.deflated import Deflated
from modules.imap.errors import CertificateRefused, ServerGone
from modules.imap.reader import LITERAL, BoundedReader
from modules.imap.server import Server
from modules.imap.tokens import Record
from modules.imap.told import Heard, Told

FORBIDDEN = re.compile(rb"[\r\n\x00]")
_MOST_RESPONSES = 1_000_000
_UNTAGGED = re.compile(rb"\* ([A-Z-]+)(?: (.*))?", re.DOTALL)
_NUMBERED = re.compile(rb"\* (\d+) ([A-Z-]+)(?: (.*))?", re.DOTALL)
_TAGGED = re.compile(rb"([A-Z]{4}\d+) (OK|NO|BAD)(?: (.*))?", re.DOTALL)
_CODE = re.compile(rb"\[([A-Z-]+)(?: ([^\]]*))?\]")
_SAID_AGAIN = frozenset({"LIST", "STATUS"})
# imaplib draws others for each connection, and compiles an expression of them, which takes longer than to connect.
_TAGS = b"HMTG"
_KEPT_BY_IMAPLIB = frozenset({"OK", "NO", "BAD", "BYE", "PREAUTH", "CAPABILITY"})


class Injection(ValueError):
    """A command would hold octets that end its line; it was not sent."""


class Finished(NamedTuple):
    """How commands ended, each with OK, NO or BAD and the server's words; and what it said meanwhile of any of them."""

    ends: list[tuple[str, bytes]]
    heard: tuple[Heard, ...]


class Wire(imaplib.IMAP4):
    """An IMAP connection that reads with bounds, checks certificates as the server's entry says, and keeps no log."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._context = tls.context_of(server.options) if server.options.encrypted else None
        self._reader: BoundedReader | None = None
        self._deflated: Deflated | None = None
        self._records: list[Record] = []
        self.heard: list[Heard] = []
        # Of the last answer that told of mailboxes.
        self._told = Told()
        self.words = b""
        super().__init__(server.host, server.port)

    @property  # type: ignore[override]  # typeshed takes it for text; imaplib puts octets there.
    def tagpre(self) -> bytes:
        """What tags begin with, the same on every connection."""
        return _TAGS

    @tagpre.setter
    def tagpre(self, chosen: bytes) -> None:
        """Leave it as it is."""

    def begin(self) -> None:
        """Forget what was heard: a new command follows."""
        self.heard = []
        self._records = []
        self._current().begin()

    def send_all(self, commands: Sequence[bytes]) -> list[bytes]:
        """Send commands at once; their tags. A command is a line without its tag and its end."""
        self.begin()
        tags = [bytes(self._new_tag()) for _ in commands]
        self.tagged_commands.clear()
        self.send(b"".join(b"%s %s\r\n" % (tag, line) for tag, line in zip(tags, commands, strict=True)))
        return tags

    def read_all(self, tags: Sequence[bytes]) -> Finished:
        """Read until commands of these tags have ended, which they may do in any order (RFC 9051 5.5).

        Raises imaplib's abort where the connection ends.
        """
        reader = self._current()
        ends: dict[bytes, tuple[str, bytes]] = {}
        lines: list[bytes] = []
        at, told, known_lines = 0, Told(), self._told.places
        while len(ends) < len(tags):
            if at == len(lines):
                self._keep(*[Heard("FETCH", records) for records in reader.read_fetched()])
                lines, at = reader.read_lines(), 0
                continue
            line = lines[at]
            if line in known_lines:
                known = self._told.again(lines, at)
                told.keep(lines[at : at + len(known)], known)
                self._keep(*known)
                at += len(known)
                continue
            at += 1
            if line.startswith(b"* "):
                heard = self._hear(line, reader)
                if heard.kind == "BYE":
                    raise self.abort("the server said goodbye")
                if heard.kind in _SAID_AGAIN and len(heard.records) == 1:
                    told.keep([line], [heard])
            elif found := _TAGGED.fullmatch(line):
                if found[1] not in tags or found[1] in ends:
                    raise self.abort("the end of another command came")
                ends[found[1]] = found[2].decode("ascii"), found[3] or b""
                self._hear_code(found[3] or b"")
                reader.begin()
            elif not line.startswith(b"+"):
                raise self.abort("a line came that is no response")
        reader.give_back(lines[at:])
        if len(told) > 1:
            self._told = told
        return Finished([ends[tag] for tag in tags], self._take_heard())

    def _take_heard(self) -> tuple[Heard, ...]:
        heard = tuple(self.heard)
        # What a server can do is asked for later. All else may be megabytes, and the connection waits for minutes.
        self.heard = [one for one in heard if one.kind == "CAPABILITY"]
        return heard

    def _hear(self, line: bytes, reader: BoundedReader) -> Heard:
        """Read the rest of a response, which has begun with this line."""
        if found := _UNTAGGED.fullmatch(line):
            kind, text = found[1].decode("ascii"), found[2] or b""
        elif found := _NUMBERED.fullmatch(line):
            kind, text = found[2].decode("ascii"), found[1] + b" " + (found[3] or b"")
        else:
            raise self.abort("a line came that is no response")
        records: list[Record] = []
        while text.endswith(b"}") and (announced := LITERAL.search(text)):
            literal, rest = reader.read_announced(int(announced[1]))
            records.append((text, literal))
            text = rest
        records.append(text)
        heard = Heard(kind, tuple(records))
        self._keep(heard)
        if kind in ("OK", "NO", "BAD"):
            self._hear_code(text)
        return heard

    def _hear_code(self, words: bytes) -> None:
        if found := _CODE.match(words):
            self._keep(Heard(found[1].decode("ascii"), (found[2] or b"",)))

    def _keep(self, *heard: Heard) -> None:
        self.heard += heard
        if len(self.heard) > _MOST_RESPONSES:
            raise ServerGone("The mail server sent an answer that never ends.")

    def _get_capabilities(self) -> None:
        """Take the capabilities from the greeting where it tells them (RFC 9051 7.1), and ask only where not."""
        told = [heard.text for heard in self.heard if heard.kind == "CAPABILITY"]
        if not told:
            super()._get_capabilities()  # type: ignore[misc]  # typeshed does not list it.
        else:
            self.capabilities = tuple(told[-1].decode("ascii", "replace").upper().split())

    def log_in(self, mechanism: str, initial: bytes, respond: Callable[[bytes], bytes]) -> None:
        """Run a SASL exchange; a first response goes with the command (RFC 4959). Raises imaplib's errors."""
        if not initial:
            self.authenticate(mechanism, respond)
            return
        self.literal = imaplib._Authenticator(respond).process  # type: ignore[assignment]  # so imaplib does itself.
        kind, words = self._simple_command("AUTHENTICATE", mechanism, b64encode(initial).decode("ascii"))
        if kind != "OK":
            raise self.error(words[-1].decode("utf-8", "replace"))
        self.state = "AUTH"

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
        # Nor is what was said before it to be believed now.
        self.heard = []

    def compress(self) -> bool:
        """Go on compressed both ways (RFC 4978) where the server agrees, and say whether. Raises imaplib's abort."""
        self.begin()
        tag = bytes(self._new_tag())
        self.send(tag + b" COMPRESS DEFLATE\r\n")
        reader = self._current()
        while not (found := _TAGGED.fullmatch(line := reader.readline().removesuffix(b"\r\n"))):
            if not line.startswith(b"* ") or self._hear(line, reader).kind == "BYE":
                raise self.abort("the server ended the connection instead of compressing it")
        if found[1] != tag:
            raise self.abort("the end of another command came")
        if found[2] != b"OK":
            return False
        self._deflated = Deflated(self.sock, reader.take_rest())
        # Everything here that has to do with a socket is what this offers.
        self.sock = cast("socket.socket", self._deflated)
        return True

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Connect, and encrypt at once where the server's entry says so."""
        self.host, self.port = host, port
        sock = outside.connect(host, port, self._server.connect_timeout, outside=self._server.outside)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sock = self._encrypt(sock) if self._server.options.security is tls.Security.TLS else sock
            # Its greeting is part of being reached.
            self.sock.settimeout(self._server.connect_timeout)
            self._reader = BoundedReader(self.sock, self._server.connect_timeout)
        except BaseException:
            sock.close()
            raise

    def be_patient(self) -> None:
        """Give answers the time that they may take; the greeting was heard by now."""
        self.sock.settimeout(self._server.read_timeout)
        self._current().allow(self._server.read_timeout)

    def read(self, size: int) -> bytes:
        """So many octets of a literal."""
        return self._current().read(size)

    def readline(self) -> bytes:
        """One line with its end."""
        return self._current().readline()

    @property
    def is_quiet(self) -> bool:
        """Whether the server has said nothing, and has not hung up, since its last answer was read."""
        if self._current().holds_more or (self._deflated is not None and self._deflated.holds_more):
            return False
        # One call of the system, where a selector takes four.
        waiting = select.poll()
        waiting.register(self.sock, select.POLLIN)
        return not waiting.poll(0)

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
        self._keep(Heard(kind, tuple(self._records)))
        self._records = []
        if kind in _KEPT_BY_IMAPLIB:
            super()._append_untagged(kind, octets)  # type: ignore[misc]  # typeshed does not list it.

    def _log(self, line: str) -> None:
        """Keep nothing: imaplib would remember the last commands, passwords among them."""
