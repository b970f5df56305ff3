"""One connection to a mail server: commands go out guarded against injection, answers come back as tokens."""

import imaplib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from imapclient import IMAPClient

from modules.imap.errors import Answer, ServerGone
from modules.imap.names import BinaryLiteral, Literal, encode_name
from modules.imap.selected import Selected
from modules.imap.server import Server
from modules.imap.tokens import Record, Token, read_tokens
from modules.imap.told import Heard
from modules.imap.wire import FORBIDDEN, Injection, Wire

_NUMBERS = re.compile(rb"[0-9 ]*")
_OF_SELECTED = frozenset({"EXISTS", "EXPUNGE", "VANISHED", "UIDVALIDITY", "UIDNEXT", "PERMANENTFLAGS", "FLAGS"})
_SENT_AT_ONCE, _SENT_UNASKED = 64 * 1024, 4096


class _LiteralRefused(Exception):
    """The server answered NO or BAD instead of taking a literal."""


class Command(NamedTuple):
    """One command with its arguments; `uid` says that it names messages by UID."""

    name: bytes
    arguments: tuple[bytes, ...] = ()
    uid: bool = False

    @property
    def line(self) -> bytes:
        """The command as it is sent, without tag and end. Raises Injection where an argument would break out of it."""
        for argument in self.arguments:
            if FORBIDDEN.search(argument) or not argument.isascii():
                raise Injection("A command to the mail server would hold a control character or unquoted text.")
        return b" ".join((b"UID " + self.name if self.uid else self.name, *self.arguments))


@dataclass(frozen=True)
class Reply:
    """A finished command: OK, NO or BAD, the server's words, and what was heard meanwhile, in order."""

    kind: str
    words: bytes
    heard: tuple[Heard, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the server did it."""
        return self.kind == "OK"

    @property
    def answer(self) -> Answer:
        """The response code and the words."""
        return Answer.of(self.words)

    def all(self, kind: str) -> Iterator[list[Token]]:
        """The tokens of each response of a kind. Raises ServerGone where one cannot be read."""
        for heard in self.heard:
            if heard.kind == kind:
                yield tokens_of(heard.records)

    def numbers(self, kind: str) -> Iterator[int]:
        """The numbers of all responses of a kind, such as SORT, of which a large mailbox has many.

        Raises ServerGone where one cannot be read.
        """
        for heard in self.heard:
            if heard.kind == kind:
                if len(heard.records) == 1 and _NUMBERS.fullmatch(heard.text):
                    try:
                        yield from map(int, heard.text.split())
                    except ValueError as error:
                        raise ServerGone("The mail server sent a number of thousands of digits.") from error
                else:
                    yield from (token for token in tokens_of(heard.records) if isinstance(token, int))

    def last(self, kind: str) -> list[Token]:
        """The tokens of the last response of a kind, or none."""
        return next(iter([*self.all(kind)][-1:]), [])


def tokens_of(records: tuple[Record, ...]) -> list[Token]:
    """A response's tokens. Raises ServerGone where they make no sense."""
    try:
        return read_tokens(records)
    except ValueError as error:
        raise ServerGone(f"The mail server sent an answer that {error}.") from error


class ImapConnection(IMAPClient):  # type: ignore[misc]  # imapclient has no types.
    """A hardened IMAPClient. Not for two threads at once; `broken` says that it must not be used again, `doubted` that
    the server warned of an error of its own (Dovecot does, and goes on telling of it, where others deleted what is
    selected), `asked` how many commands were sent, `utf8` and `tells_vanished` that UTF8=ACCEPT (RFC 6855) and QRESYNC
    (RFC 7162) are enabled.

    Every command may raise ServerGone; the caller looks at a Reply's kind for NO and BAD.
    """

    def __init__(self, server: Server) -> None:
        """Connect and hear the greeting. Raises what sockets, TLS and imaplib raise; `connect` says it better."""
        self.server = server
        self.broken = False
        self.doubted = False
        self.selected: Selected | None = None
        self.utf8 = False
        self.tells_vanished = False
        self.asked = 0
        self._offered: frozenset[str] = frozenset()
        super().__init__(server.host, server.port, ssl=False, timeout=server.read_timeout)
        self._imap.debug = 0  # IMAPClient asks imaplib for level 5, which formats every line.

    def offers(self, capability: str) -> bool:
        """Whether the server says it can do this, in upper case."""
        return capability in self._offered

    @property
    def offered(self) -> frozenset[str]:
        """All that the server says it can do, in upper case."""
        return self._offered

    def learn_capabilities(self) -> None:
        """Learn what the server offers now; it changes with encryption and log-in (RFC 9051 6.1.1).

        It is asked unless it has just told by itself, in its greeting or at the end of the log-in.
        """
        wire: Wire = self._imap
        told = [heard.text for heard in wire.heard if heard.kind == "CAPABILITY"]
        told = told or [heard.text for heard in self.run(b"CAPABILITY").heard if heard.kind == "CAPABILITY"]
        self._offered = frozenset(told[-1].decode("ascii", "replace").upper().split()) if told else frozenset()

    def capabilities(self) -> tuple[bytes, ...]:
        """As IMAPClient has it: what was learned last, without asking."""
        return tuple(capability.encode("ascii", "replace") for capability in self._offered)

    def run(self, command: bytes, *arguments: bytes, uid: bool = False) -> Reply:
        """Send a command and wait for its end. Raises Injection where an argument would break out of its line."""
        return self.run_all([Command(command, arguments, uid)])[0]

    def run_all(self, commands: Sequence[Command]) -> list[Reply]:
        """Send commands in one go, so that all wait for the server once; the end of each, in their order.

        Each reply holds what was heard of all of them, for servers may work on several at a time. What holds a literal
        is sent alone, for the server may have to agree to it first.
        """
        if any(isinstance(argument, Literal) for command in commands for argument in command.arguments):
            self.asked += len(commands)
            return [self._run_alone(command) for command in commands]
        return self.finish(self.begin(commands))

    def begin(self, commands: Sequence[Command]) -> list[bytes]:
        """Send commands without literals in one go, and wait for nothing; `finish` takes what this gives."""
        self.asked += len(commands)
        wire: Wire = self._imap
        with self.watched():
            return wire.send_all([command.line for command in commands])

    def finish(self, begun: Sequence[bytes]) -> list[Reply]:
        """Wait for the end of commands that were begun last, and give what `run_all` gives."""
        wire: Wire = self._imap
        with self.watched():
            finished = wire.read_all(begun)
        self._heed(finished.heard)
        return [Reply(kind, words, finished.heard) for kind, words in finished.ends]

    def _run_alone(self, command: Command) -> Reply:
        wire: Wire = self._imap
        with self.watched():
            wire.begin()
            self._imap.tagged_commands.clear()
            try:
                kind, data = self._raw_command(command.name, list(command.arguments), uid=command.uid)
                words = data[-1] or b""
            except _LiteralRefused as refused:
                kind, words = refused.args
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                kind, words = "BAD", wire.words
            heard = tuple(wire.heard)
        self._heed(heard)
        return Reply(str(kind), words, heard)

    def _heed(self, heard: tuple[Heard, ...]) -> None:
        for one in heard:
            if one.kind in _OF_SELECTED and self.selected is not None:
                self.selected.hear(one)
            elif one.kind == "NO" and Answer.of(one.text).code in ("", "SERVERBUG"):
                self.doubted = True

    def authenticate(self, mechanism: str, initial: bytes, respond: Callable[[bytes], bytes]) -> Answer | None:
        """Run a SASL exchange; None where it succeeded, else the server's words.

        The first response, if there is one, goes with the command where the server takes it so.
        """
        with self.watched():
            try:
                self._imap.log_in(mechanism, initial if self.offers("SASL-IR") else b"", respond)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                return Answer.of(self._imap.words)
        return None

    def unselect(self) -> None:
        """Leave the selected mailbox without expunging anything (RFC 3691), if only for INBOX."""
        self.selected = None
        self.run(*([b"UNSELECT"] if self.offers("UNSELECT") else [b"EXAMINE", b"INBOX"]))

    @property
    def is_quiet(self) -> bool:
        """Whether the server has said nothing, and has not hung up, since its last answer."""
        wire: Wire = self._imap
        return wire.is_quiet

    def close_quietly(self) -> None:
        """Say goodbye without waiting for an answer, and close."""
        try:
            if not self.broken:
                self._imap.sock.settimeout(1)
                self._imap.send(b"END LOGOUT\r\n")
        except OSError:
            pass
        self.broken = True
        self._imap.shutdown()

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Turn every way a connection can break into ServerGone, and remember that it broke."""
        try:
            yield
        except Injection:
            raise
        except imaplib.IMAP4.error as error:
            self.broken = True
            goodbyes = [heard.text for heard in self._imap.heard if heard.kind == "BYE"]
            said = f": {Answer.of(goodbyes[-1]).text}" if goodbyes else " in the middle of an answer."
            raise ServerGone(f"The mail server {self.server.host} ended the connection{said}") from error
        except (OSError, ValueError) as error:
            self.broken = True
            raise ServerGone(f"The connection to the mail server {self.server.host} broke.") from error
        except BaseException:
            self.broken = True
            raise

    def _create_IMAP4(self) -> Wire:
        return Wire(self.server)

    def _set_read_timeout(self) -> None:
        """As the server's entry says."""
        self._imap.be_patient()

    def _raw_command(self, command: bytes, args: Any, uid: bool = True) -> Any:  # Any: as IMAPClient has it.
        for argument in args if isinstance(args, list | tuple) else [args]:
            if not isinstance(argument, Literal) and (FORBIDDEN.search(argument) or not argument.isascii()):
                raise Injection("A command to the mail server would hold a control character or unquoted text.")
        return super()._raw_command(command, args, uid)

    def _send_literal(self, tag: bytes, item: bytes, has_literal_plus: bool) -> None:
        binary = isinstance(item, BinaryLiteral)
        at_once = has_literal_plus and len(item) <= _SENT_UNASKED
        mark = b"~" if binary else b""
        wire: Wire = self._imap
        wire.send(b" " + mark + b"{%d%s}\r\n" % (len(item), b"+" if at_once else b""))
        while not at_once and wire._get_response():
            if answered := wire.tagged_commands.get(tag):
                raise _LiteralRefused(answered[0], answered[1][-1] or b"")
        octets = memoryview(item)
        for start in range(0, len(octets), _SENT_AT_ONCE):
            wire.send(octets[start : start + _SENT_AT_ONCE])

    def _normalise_folder(self, folder_name: Any) -> Any:  # Any: as IMAPClient has it.
        text = folder_name.decode("ascii") if isinstance(folder_name, bytes) else folder_name
        encode_name(text)
        return super()._normalise_folder(text)
