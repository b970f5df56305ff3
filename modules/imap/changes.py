"""What changes messages: flags, moving, copying, erasing, storing. Never expunges a message that was not named."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from core import Refusal, Sentence
from modules.imap.client import Command, Reply
from modules.imap.errors import refusal
from modules.imap.lease import Lease
from modules.imap.names import BinaryLiteral, Literal, keyword
from modules.imap.searching import LARGEST_UID, search
from modules.imap.sets import pieces, read_set
from modules.mail.api import DELETED, MailboxName, Moved, Uid

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_TOLD = 100_000
# So many commands are sent before their answers are read.
_AT_ONCE = 8
_CHANGING = Sentence("change the messages")
_DELETED = DELETED.encode("ascii")
_CODE_SET = re.compile(rb"[0-9]+ ([0-9:,]+) ([0-9:,]+)", re.ASCII)


def change_flags(
    lease: Lease, mailbox: MailboxName, uids: Iterable[int], add: Iterable[str], remove: Iterable[str]
) -> None:
    """Add and remove flags and keywords; keywords that the mailbox does not keep are left out."""
    lease.hear_again()
    selected = lease.select(mailbox, current=False)
    named = list(uids)
    changes: list[Command] = []
    for sign, flags in ((b"+", add), (b"-", remove)):
        kept = [keyword(flag) for flag in flags if selected.keeps(flag)]
        if kept:
            changes += _stores(named, sign, b" ".join(kept))
    for start in range(0, len(changes), _AT_ONCE):
        _check(lease.run_current(*changes[start : start + _AT_ONCE]))


def move(lease: Lease, mailbox: MailboxName, uids: Sequence[Uid], target: MailboxName) -> Moved:
    """Move messages by MOVE (RFC 6851), else by copying and erasing."""
    # Not in one round trip with what follows: of a mailbox that others made anew meanwhile Dovecot warns, and yet moves
    # whatever has that UID now.
    lease.select(mailbox)
    if not lease.offers("MOVE"):
        copied = copy(lease, mailbox, uids, target)
        erase(lease, mailbox, uids)
        return copied
    return _transfer(lease, b"MOVE", Sentence("move the messages"), uids, target)


def copy(lease: Lease, mailbox: MailboxName, uids: Sequence[Uid], target: MailboxName) -> Moved:
    """Copy messages."""
    lease.select(mailbox)
    return _transfer(lease, b"COPY", Sentence("copy the messages"), uids, target)


def erase(lease: Lease, mailbox: MailboxName, uids: Sequence[int]) -> int:
    """Remove messages for good, and no others; the number asked for."""
    lease.select(mailbox)
    if not uids:
        return 0
    if lease.offers("UIDPLUS"):
        _store(lease, uids, b"+", _DELETED)
        for piece in pieces(uids):
            lease.ask(Sentence("erase the messages"), b"EXPUNGE", piece, uid=True, mailbox=mailbox)
        return len(set(uids))
    with _others_kept(lease, frozenset(uids)):
        _store(lease, uids, b"+", _DELETED)
        lease.ask(Sentence("erase the messages"), b"EXPUNGE", mailbox=mailbox)
    return len(set(uids))


def empty(lease: Lease, mailbox: MailboxName) -> int:
    """Remove every message that is there now; the number removed."""
    lease.select(mailbox)
    return erase(lease, mailbox, search(lease, [b"ALL"]))


def append(
    lease: Lease, mailbox: MailboxName, message: bytes, flags: Iterable[str], received: datetime | None
) -> Uid | None:
    """Store a message; its UID where the server tells it (RFC 4315). Raises Refusal for one that it cannot store."""
    binary = b"\0" in message
    if binary and not lease.offers("BINARY"):
        raise Refusal(Sentence("This message contains NUL octets, which the mail server cannot store."))
    arguments = [lease.quoted(mailbox), b"(%s)" % b" ".join(keyword(flag) for flag in flags)]
    if received is not None:
        arguments.append(b'"%s"' % _internal_date(received).encode("ascii"))
    literal = BinaryLiteral(message) if binary else Literal(message)
    reply = lease.ask(Sentence("store the message"), b"APPEND", *arguments, literal, mailbox=mailbox)
    told = _numbers(reply, "APPENDUID", rb"[0-9]+ ([0-9:,]+)")
    return Uid(told[0]) if len(told) == 1 and 0 < told[0] <= LARGEST_UID else None


@contextmanager
def _others_kept(lease: Lease, ours: frozenset[int]) -> Iterator[None]:
    """Without UIDPLUS an EXPUNGE takes all that is marked: unmark what others marked, and mark it again after."""
    others = [uid for uid in search(lease, [b"DELETED"]) if uid not in ours]
    _store(lease, others, b"-", _DELETED)
    try:
        yield
    finally:
        if not lease.connection.broken:
            _store(lease, others, b"+", _DELETED)


def _transfer(lease: Lease, command: bytes, doing: str, uids: Sequence[Uid], target: MailboxName) -> Moved:
    told: list[int] = []
    validities: set[int] = set()
    for piece in pieces(uids):
        reply = lease.ask(doing, command, piece, lease.quoted(target), mailbox=target, uid=True)
        told += _numbers(reply, "COPYUID", rb"[0-9]+ [0-9:,]+ ([0-9:,]+)")
        validities.update(_numbers(reply, "COPYUID", rb"([0-9]+) [0-9:,]+ [0-9:,]+"))
    known = tuple(Uid(number) for number in told if 0 < number <= LARGEST_UID)
    count, sure = len(known) or len(set(uids)), len(validities) == 1
    return Moved(target, known if sure else (), count, min(validities) if sure else 0)


def _store(lease: Lease, uids: Iterable[int], sign: bytes, flags: bytes) -> None:
    for command in _stores(uids, sign, flags):
        _check(lease.connection.run_all([command]))


def _stores(uids: Iterable[int], sign: bytes, flags: bytes) -> list[Command]:
    silent, changed = sign + b"FLAGS.SILENT", b"(%s)" % flags
    return [Command(b"STORE", (piece, silent, changed), uid=True) for piece in pieces(uids)]


def _check(replies: Iterable[Reply]) -> None:
    for reply in replies:
        if not reply.ok:
            raise refusal(reply.answer, _CHANGING)


def _numbers(reply: Reply, code: str, pattern: bytes) -> list[int]:
    """The UIDs that a response code tells; none where it cannot be read."""
    told: list[int] = []
    for heard in reply.heard:
        found = re.fullmatch(pattern, heard.text.strip()) if heard.kind == code else None
        if found:
            try:
                told += read_set(found[1], _MOST_TOLD - len(told))
            except ValueError:
                return []
    return told


def _internal_date(moment: datetime) -> str:
    at = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    # Not strftime: month names must not follow the locale.
    return f"{at.day:02d}-{_MONTHS[at.month - 1]}-{at.year:04d} {at:%H:%M:%S %z}"
