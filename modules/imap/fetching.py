"""FETCH: data items of messages by UID, in commands of bounded length (RFC 9051 6.4.5, 7.5.2)."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from types import MappingProxyType

from core import Sentence
from modules.imap.client import Command, Reply, tokens_of
from modules.imap.errors import refusal
from modules.imap.lease import Lease
from modules.imap.sets import pieces
from modules.imap.tokens import LONGEST_NUMBER, Record, Token, as_bytes, as_int, as_list, pairs
from modules.mail.api import MailboxName

FetchedItems = dict[bytes, Token]
# A name and a value: digits, a string, a list of atoms that are no digits and not NIL, or what announces a literal.
_ATOM = rb"(?![Nn][Ii][Ll][ )])[\\$A-Za-z_][^\s()\x22\[\]{}~]*"
_ITEMS = re.compile(
    rb" ([A-Z][A-Z0-9.-]*(?:\[[^\]a-z]*\](?:<\d+>)?)?)"
    rb' (?:(\d{1,20})|"([^"\\]*)"|\(((?:%b(?: %b)*)?)\)|\{\d+\}\Z)(?=[ )]|\Z)' % (_ATOM, _ATOM)
)
_PARTS = 5
_SEQUENCE = re.compile(rb"\d{1,%d} " % (LONGEST_NUMBER - 1))
_NUMBER = b"#"
# So many commands are sent before their answers are read.
_AT_ONCE = 8
_DATE = re.compile(rb"\s*(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-]\d{4})")
_MONTHS = MappingProxyType(
    {month: number for number, month in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
)
# Years that no zone leads out of the calendar.
_YEARS = range(1900, 9999)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def fetch(lease: Lease, uids: Iterable[int], items: bytes) -> dict[int, FetchedItems]:
    """What is asked of each message that is still there, by UID."""
    found: dict[int, FetchedItems] = {}
    for piece in pieces(uids):
        gather(lease.ask(Sentence("fetch the messages"), b"FETCH", piece, items, uid=True), found)
    return found


def fetch_all(lease: Lease, *wanted: tuple[Iterable[int], bytes]) -> dict[int, FetchedItems]:
    """What is asked of several sets of messages, each of other items, in as few round trips as can be."""
    found: dict[int, FetchedItems] = {}
    commands = [Command(b"FETCH", (piece, items), uid=True) for uids, items in wanted for piece in pieces(uids)]
    for start in range(0, len(commands), _AT_ONCE):
        replies = lease.connection.run_all(commands[start : start + _AT_ONCE])
        for reply in replies:
            if not reply.ok:
                raise refusal(reply.answer, Sentence("fetch the messages"))
        gather(replies[-1], found)
    return found


def fetch_current(lease: Lease, uid: int, items: bytes, state: MailboxName | None = None) -> dict[int, FetchedItems]:
    """What is asked of one message of the selected mailbox, if it is there by now; `state` says whose to hear too."""
    found: dict[int, FetchedItems] = {}
    for _ in range(2):
        heard = lease.is_current
        asked = [Command(b"FETCH", (b"%d" % uid, items), uid=True)]
        if state is not None:
            asked.append(lease.state_command(state))
        reply, *told = lease.run_current(*asked)
        if not reply.ok:
            raise refusal(reply.answer, Sentence("fetch the messages"))
        if state is not None and told[0].ok:
            lease.hear_state(state, told[0])
        gather(reply, found)
        if uid in found or not heard:
            break
        # It may have come since news were heard.
        lease.hear_again()
    return found


def fetch_numbered(lease: Lease, first: int, last: int, items: bytes) -> dict[int, FetchedItems]:
    """What is asked of the messages from one sequence number to another, by UID; `items` must name UID."""
    found: dict[int, FetchedItems] = {}
    gather(lease.ask(Sentence("fetch the messages"), b"FETCH", b"%d:%d" % (first, last), items), found)
    return found


def number_of(row: FetchedItems) -> int:
    """The sequence number a message had when it was fetched."""
    return as_int(row[_NUMBER])


def flags_of(row: FetchedItems) -> frozenset[str]:
    r"""Its flags and keywords, without \Recent: that is of a connection, not of the message (RFC 3501 2.3.2)."""
    flags = [as_bytes(flag) for flag in as_list(row.get(b"FLAGS"))]
    return frozenset([flag.decode("ascii", "replace") for flag in flags if flag.lower() != b"\\recent"])


def received_of(row: FetchedItems) -> datetime:
    """When the server received it; the epoch where that cannot be read."""
    told = row.get(b"INTERNALDATE")
    if not isinstance(told, bytes) or (found := _DATE.match(told)) is None:
        return EPOCH
    day, month, year, hour, minute, second, zone = found.groups()
    if (number := _MONTHS.get(month.lower())) is None or int(year) not in _YEARS:
        return EPOCH
    try:
        return datetime(int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=_zone(zone))
    except ValueError:
        return EPOCH


# There are about forty, and they tell nothing of anybody.
@lru_cache(maxsize=200)
def _zone(written: bytes) -> timezone:
    """A zone by its sign, hours and minutes. Raises ValueError for more than a day."""
    offset = timedelta(hours=int(written[1:3]), minutes=int(written[3:]))
    return timezone(-offset if written.startswith(b"-") else offset)


def section_of(row: FetchedItems, section: bytes) -> bytes | None:
    """The octets of BODY[section], whole or from an offset; None where they are not there."""
    section = section.upper()
    if (usual := row.get(section + b"<0>")) is not None:
        return as_bytes(usual)
    for name, value in row.items():
        if name.startswith(section) and value is not None:
            return as_bytes(value)
    return None


def gather(reply: Reply, found: dict[int, FetchedItems]) -> None:
    """Add what a reply tells of messages to what was found, by UID."""
    for heard in reply.heard:
        if heard.kind != "FETCH":
            continue
        row = read_items(heard.records)
        uid = row.get(b"UID")
        if isinstance(uid, int) and uid > 0:
            # A message may be told of twice: what was asked for, and flags that changed meanwhile.
            if uid in found:
                found[uid].update(row)
            else:
                found[uid] = row


def read_items(records: tuple[Record, ...]) -> FetchedItems:
    """What one response tells of a message, and its sequence number; nothing where it tells nothing.

    Raises ServerGone where it cannot be read.
    """
    if (row := _plain_items(records)) is not None:
        return row
    tokens = tokens_of(records)
    if len(tokens) < 2 or not isinstance(tokens[1], list):
        return {}
    return {**pairs(tokens[1]), _NUMBER: tokens[0]}


def _plain_items(records: tuple[Record, ...]) -> FetchedItems | None:
    """The same of a response without lists in lists, such as those for rows; None for any other."""
    row: FetchedItems = {}
    for left, record in zip(range(len(records) - 1, -1, -1), records, strict=True):
        text, literal = record if isinstance(record, tuple) else (record, None)
        if not row:
            number, _, text = text.partition(b"(")
            if not _SEQUENCE.fullmatch(number):
                return None
            row[_NUMBER] = int(number)
            text = b" " + text
        *parts, rest = _ITEMS.split(text) if text != b")" else (text,)
        # Between items there is nothing, and behind the last one a literal or the end of the list.
        if rest != (b"" if left else b")") or any(parts[::_PARTS]) or (literal is None) is bool(left):
            return None
        for at in range(1, len(parts), _PARTS):
            name, figure, words, atoms = parts[at : at + _PARTS - 1]
            if figure is not None:
                row[name] = int(figure)
            elif words is not None:
                row[name] = words
            else:
                row[name] = [*atoms.split()] if atoms is not None else literal
    return row
