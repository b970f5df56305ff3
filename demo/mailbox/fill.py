"""Put the whole mailbox together and into an IMAP server."""

import imaplib
import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from demo.mailbox.conversations import place, read_conversations
from demo.mailbox.people import Owner, read_people
from demo.mailbox.placed import Placed
from demo.mailbox.printed import newsletters, notices, phishing, receipts
from demo.mailbox.special import delivery_reports, digests, invitations

_LETTERS = Path(__file__).parent / "letters"
_SOURCES = (newsletters, receipts, notices, phishing, invitations, delivery_reports, digests)
MAILBOXES = (
    *("INBOX", "Drafts", "Sent", "Junk", "Trash", "Archive", "Archive/2025"),
    *("Projects", "Projects/Garden", "Projects/Übersetzung", "Newsletters", "Receipts", "Travel"),
)


class CannotFill(RuntimeError):
    """The server does not take what the demo's mailbox needs; the text gives its answer."""


def whole_mailbox(owner: Owner, now: datetime) -> list[Placed]:
    """Every message of the demo, in the order of arrival; the same for the same owner and moment."""
    return sorted(_every_message(owner, now), key=lambda placed: placed.received)


def fill_mailbox(
    connection: imaplib.IMAP4, owner: Owner, now: datetime, told: Callable[[int, int], None] = lambda done, of: None
) -> int:
    """Make the mailboxes and append all messages over a logged-in connection; give how many there are.

    `told` hears how many of how many are done. Raise CannotFill when the server refuses something.
    """
    # Without it each APPEND waits for a delayed acknowledgement, some 40 ms.
    connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _make_mailboxes(connection)
    messages = whole_mailbox(owner, now)
    for number, placed in enumerate(messages, 1):
        answer = connection.append(
            quoted_name(placed.mailbox),
            f"({' '.join(placed.flags)})",
            imaplib.Time2Internaldate(placed.received),
            placed.message,
        )
        if answer[0] != "OK":
            raise CannotFill(f"{placed.mailbox}: the server refuses a message: {answer[1]!r}")
        told(number, len(messages))
    return len(messages)


def quoted_name(mailbox: str) -> str:
    """A mailbox's name in modified UTF-7 (RFC 3501 5.1.3) as a quoted string; the demo's names hold no quotes."""
    encoded = mailbox.encode("utf-7").decode("ascii").replace("+", "&")
    return f'"{encoded}"'


def _make_mailboxes(connection: imaplib.IMAP4) -> None:
    existing = b"\n".join(line for line in connection.list()[1] if isinstance(line, bytes))
    for mailbox in MAILBOXES:
        name = quoted_name(mailbox)
        known = {line.rpartition(b" ")[2].strip(b'"') for line in existing.splitlines()}
        if name.strip('"').encode() not in known:
            kind, data = connection.create(name)
            if kind != "OK":
                raise CannotFill(f"{mailbox}: the server does not make this mailbox: {data!r}")
        connection.subscribe(name)


def _every_message(owner: Owner, now: datetime) -> Iterator[Placed]:
    people = read_people(owner)
    for path in sorted(_LETTERS.glob("*.txt")):
        for conversation in read_conversations(path):
            yield from place(conversation, people, now)
    for source in _SOURCES:
        yield from source(people, now)
