"""FETCH: data items of messages by UID, in commands of bounded length (RFC 9051 6.4.5, 7.5.2)."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

from core import Sentence
from modules.imap.client import Command, Reply
from modules.imap.errors import refusal
from modules.imap.lease import Lease
from modules.imap.sets import pieces
from modules.imap.tokens import Token, as_bytes, as_int, as_list, pairs
from modules.mail.api import MailboxName

FetchedItems = dict[bytes, Token]
_NUMBER = b"#"
# So many commands are sent before their answers are read.
_AT_ONCE = 8
_DATE = re.compile(r"\s*(\d{1,2})-(\w{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
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
    flags = (as_bytes(flag) for flag in as_list(row.get(b"FLAGS")))
    return frozenset(flag.decode("ascii", "replace") for flag in flags if flag.lower() != b"\\recent")


def received_of(row: FetchedItems) -> datetime:
    """When the server received it; the epoch where that cannot be read."""
    found = _DATE.match(as_bytes(row.get(b"INTERNALDATE")).decode("ascii", "replace"))
    if not found or found[2].lower() not in _MONTHS or int(found[3]) not in _YEARS:
        return EPOCH
    offset = timedelta(hours=int(found[8]), minutes=int(found[9])) * (-1 if found[7] == "-" else 1)
    try:
        day = datetime(int(found[3]), _MONTHS.index(found[2].lower()) + 1, int(found[1]), tzinfo=timezone(offset))
        return day.replace(hour=int(found[4]), minute=int(found[5]), second=int(found[6]))
    except ValueError:
        return EPOCH


def section_of(row: FetchedItems, section: bytes) -> bytes | None:
    """The octets of BODY[section], whole or from an offset; None where they are not there."""
    for name, value in row.items():
        if name.startswith(section.upper()) and value is not None:
            return as_bytes(value)
    return None


def gather(reply: Reply, found: dict[int, FetchedItems]) -> None:
    """Add what a reply tells of messages to what was found, by UID."""
    for tokens in reply.all("FETCH"):
        if len(tokens) < 2 or not isinstance(tokens[1], list):
            continue
        row = pairs(tokens[1])
        uid = row.get(b"UID")
        if isinstance(uid, int) and uid > 0:
            # A message may be told of twice: what was asked for, and flags that changed meanwhile.
            found.setdefault(uid, {}).update({**row, _NUMBER: tokens[0]})
