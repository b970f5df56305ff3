"""An IMAP server that says what a test tells it to, however wrong: for the bad days of a mail server."""

import base64
import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from core import Secret, tls
from modules.imap.api import Account, ConnectionPool, Credentials, ImapStore, Server

CUT = b"\0cut"
Answer = bytes | Callable[[bytes], bytes]
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n$")
_USUAL: dict[str, Answer] = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN UIDPLUS MOVE\r\n",
    "SELECT": b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n",
    "STATUS": b'* STATUS "INBOX" (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 7 UNSEEN 1)\r\n',
}


@dataclass
class ScriptedServer:
    """Listens on a free port. `answers` maps the start of a command to what is said before its OK.

    An answer that holds `TAG` says its own end of the command; one that holds CUT ends the connection there.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    greeting: bytes = b"* OK ready\r\n"
    lines: list[bytes] = field(default_factory=list)
    responses: list[bytes] = field(default_factory=list)
    connections: int = 0
    # How many seconds its clients wait for it.
    patience: float = 60

    def __post_init__(self) -> None:
        self.answers = {**_USUAL, **self.answers}
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.server_port: int = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def server(self) -> Server:
        """How we reach it."""
        options = tls.TlsOptions(security=tls.Security.NONE)
        return Server("127.0.0.1", self.server_port, options, connect_timeout=self.patience, read_timeout=self.patience)

    @property
    def account(self) -> Account:
        """An account on it."""
        return Account("session", "main", self.server, Credentials("ann", Secret("secret")))

    def store(self, pool: ConnectionPool) -> ImapStore:
        """A store on it."""
        return ImapStore(pool, self.account)

    def cut_all(self) -> None:
        """End all connections."""
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def stop(self) -> None:
        """Listen no more."""
        self._listening.close()
        self.cut_all()

    def said(self, start: str) -> list[bytes]:
        """The commands that started so, without their tags."""
        return [line for line in self.lines if line.upper().startswith(start.encode())]

    def _accept(self) -> None:
        while True:
            try:
                one, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(one)
            threading.Thread(target=self._serve, args=(one,), daemon=True).start()

    def _serve(self, one: socket.socket) -> None:
        try:
            with one, one.makefile("rwb") as stream:
                stream.write(self.greeting)
                stream.flush()
                while line := stream.readline():
                    while found := _LITERAL.search(line):
                        if not found[2]:
                            stream.write(b"+ go on\r\n")
                            stream.flush()
                        line += stream.read(int(found[1])) + stream.readline()
                    tag, _, command = line.partition(b" ")
                    self.lines.append(command)
                    # A first response may have come with the command (RFC 4959).
                    if command.upper().startswith(b"AUTHENTICATE") and len(command.split()) == 2:
                        stream.write(b"+ \r\n")
                        stream.flush()
                        self.responses.append(base64.b64decode(stream.readline()))
                    stream.write(self._answer(tag, command).partition(CUT)[0])
                    stream.flush()
                    if CUT in self._answer(tag, command):
                        one.shutdown(socket.SHUT_RDWR)
                        return
        except (OSError, ValueError):
            return

    def _answer(self, tag: bytes, command: bytes) -> bytes:
        upper = command.upper().decode("latin-1")
        found = max((start for start in self.answers if upper.startswith(start)), key=len, default=None)
        told = self.answers[found] if found else b""
        said = told(command) if callable(told) else told
        if b"TAG" in said or CUT in said:
            return said.replace(b"TAG", tag)
        return said + tag + b" OK done\r\n"
