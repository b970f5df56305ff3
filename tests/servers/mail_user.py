"""A fresh user of a test's Dovecot, with what tests do behind the webmail's back."""

import imaplib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from demo.dovecot import Dovecot


@dataclass(frozen=True)
class MailUser:
    """Name and password of one mailbox owner, and the server that knows them."""

    name: str
    password: str
    dovecot: Dovecot

    @contextmanager
    def connection(self) -> Iterator[imaplib.IMAP4]:
        """A logged-in imaplib connection of this user, logged out at the end."""
        connection = imaplib.IMAP4(self.dovecot.host, self.dovecot.imap_port, timeout=60)
        try:
            connection.login(self.name, self.password)
            yield connection
        finally:
            connection.logout()

    def append(
        self, message: bytes | str, mailbox: str = "INBOX", flags: str = "", received: datetime | None = None
    ) -> int:
        r"""Put a message (any line ends) into a mailbox, with flags as in "\Seen $Forwarded"; give its UID."""
        date = imaplib.Time2Internaldate(received) if received else None
        with self.connection() as connection:
            return _append(connection, message, mailbox, flags, date)

    def append_all(self, *messages: bytes | str, mailbox: str = "INBOX") -> list[int]:
        """Put messages into a mailbox one after the other, over one connection; give their UIDs."""
        with self.connection() as connection:
            return [_append(connection, message, mailbox) for message in messages]

    def create(self, mailbox: str) -> None:
        """Make a mailbox; raise ValueError when the server refuses."""
        self.run("CREATE", quote(mailbox))

    def run(self, command: str, *arguments: str) -> list[bytes]:
        """Run one command that needs no selected mailbox; raise ValueError when it is refused."""
        with self.connection() as connection:
            kind, data = connection._simple_command(command, *arguments)
            if kind != "OK":
                raise ValueError(f"{command}: {data!r}")
            return [part for part in data if isinstance(part, bytes)]

    def messages(self, mailbox: str = "INBOX") -> list[bytes]:
        """All messages of a mailbox, whole."""
        return self._fetch(mailbox, "(BODY.PEEK[])")

    def wait_for_messages(self, count: int, mailbox: str = "INBOX", seconds: float = 120) -> None:
        """Return when the mailbox holds that many messages; raise TimeoutError when it never does."""
        end = time.monotonic() + seconds
        while len(self.uids(mailbox)) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{mailbox} of {self.name} never held {count} messages.")
            time.sleep(0.05)

    def flags(self, uid: int, mailbox: str = "INBOX") -> set[str]:
        """The flags and keywords of one message."""
        with self.connection() as connection:
            connection.select(quote(mailbox), readonly=True)
            _, data = connection.uid("FETCH", str(uid), "(FLAGS)")
            return {flag.decode() for flag in imaplib.ParseFlags(data[0])} if data[0] else set()

    def uids(self, mailbox: str = "INBOX") -> list[int]:
        """The UIDs in a mailbox, ascending."""
        with self.connection() as connection:
            connection.select(quote(mailbox), readonly=True)
            return sorted(int(uid) for uid in connection.uid("SEARCH", "ALL")[1][0].split())

    def _fetch(self, mailbox: str, items: str) -> list[bytes]:
        with self.connection() as connection:
            connection.select(quote(mailbox), readonly=True)
            _, data = connection.uid("FETCH", "1:*", items)
            return [row[1] for row in data if isinstance(row, tuple)]


def new_user(dovecot: Dovecot, quota: str | None = None) -> MailUser:
    """Make a user nobody else has, with an empty mailbox."""
    user = MailUser(f"user-{secrets.token_hex(4)}@example.test", f"secret-{secrets.token_hex(4)}", dovecot)
    dovecot.add_user(user.name, user.password, quota)
    return user


def _append(
    connection: imaplib.IMAP4, message: bytes | str, mailbox: str, flags: str = "", date: str | None = None
) -> int:
    raw = message.encode() if isinstance(message, str) else message
    answer = connection.append(quote(mailbox), f"({flags})", date, crlf(raw))
    if answer[0] != "OK":
        raise ValueError(f"{mailbox}: the server refuses the message: {answer[1]!r}")
    (appended,) = connection.response("APPENDUID")[1]
    return int(appended.split()[1])


def quote(mailbox: str) -> str:
    """A mailbox's name (in modified UTF-7 already) as a quoted string."""
    escaped = mailbox.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def crlf(raw: bytes) -> bytes:
    """The same lines, ended as in mail."""
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
