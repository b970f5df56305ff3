"""Queries as search keys (RFC 9051 6.4.4), and the UIDs that match them."""

import time
from datetime import datetime
from itertools import pairwise

from core import Sentence
from modules.imap.client import Command, Reply
from modules.imap.lease import Lease
from modules.imap.names import Literal, keyword, string
from modules.imap.sets import MOST_NUMBERS, read_set
from modules.imap.tokens import Token, as_bytes
from modules.mail.api import Query

LARGEST_UID = 2**32 - 1
_LONGEST_TERM = 1000
# In seconds, as far as every server counts.
_INTERVALS = range(1, 2**31)
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")


def search_keys(query: Query | None, *, exact: bool = False) -> list[bytes]:
    """A query's search keys; all of them must match. Raises BadName for a keyword that cannot be one.

    Days are those of the server; where it can count seconds (WITHIN, RFC 5032), they are `exact`.
    """
    if query is None:
        return [b"ALL"]
    keys: list[bytes] = []
    for word in query.words:
        keys += _text(b"TEXT", word)
    keys += _text(b"FROM", query.sender) + _text(b"SUBJECT", query.subject) + _text(b"BODY", query.body)
    if to := _text(b"TO", query.to):
        keys += [b"OR", *to, *_text(b"CC", query.to)]
    keys += _date(b"SINCE", query.after, b"YOUNGER" if exact else b"")
    keys += _date(b"BEFORE", query.before, b"OLDER" if exact else b"")
    if query.larger is not None:
        keys += [b"LARGER", b"%d" % max(0, query.larger)]
    if query.smaller is not None:
        keys += [b"SMALLER", b"%d" % max(0, query.smaller)]
    for wanted, flag in ((query.seen, b"SEEN"), (query.flagged, b"FLAGGED"), (query.answered, b"ANSWERED")):
        if wanted is not None:
            keys.append(flag if wanted else b"UN" + flag)
    if query.keyword:
        keys += [b"KEYWORD", keyword(query.keyword)]
    if query.above is not None:
        # RFC 9051 9: the range of a smaller number and * is never empty, so the last message may come along.
        keys += [b"UID", b"%d:*" % min(query.above + 1, LARGEST_UID)]
    keys += _attachments(query.has_attachments)
    return keys or [b"ALL"]


def depends_on_flags(query: Query | None) -> bool:
    """Whether the same messages may match or not when only their flags change."""
    if query is None:
        return False
    flags = (query.seen, query.flagged, query.answered, query.has_attachments)
    return bool(query.keyword) or any(flag is not None for flag in flags)


def search(lease: Lease, keys: list[bytes]) -> list[int]:
    """The UIDs in the selected mailbox that match, ascending. Raises CharsetRefused, ServerRefused."""
    command = search_command(lease, keys)
    return read_found(lease.ask(Sentence("search"), command.name, *command.arguments, uid=True))


def search_command(lease: Lease, keys: list[bytes]) -> Command:
    """What asks for the UIDs in the selected mailbox that match."""
    returning = [b"RETURN", b"(ALL)"] if lease.offers("ESEARCH") else []
    charset = [b"CHARSET", b"UTF-8"] if needs_charset(keys) and not lease.connection.utf8 else []
    return Command(b"SEARCH", (*returning, *charset, *keys), uid=True)


def read_found(reply: Reply) -> list[int]:
    """The UIDs that a reply to a search tells, ascending."""
    found = set(reply.numbers("SEARCH"))
    left = MOST_NUMBERS
    for tokens in reply.all("ESEARCH"):
        told = _extended(tokens, left)
        left -= len(told)
        found.update(told)
    return sorted(number for number in found if 0 < number <= LARGEST_UID)


def needs_charset(keys: list[bytes]) -> bool:
    """Whether anything asked for is not ASCII."""
    return any(not key.isascii() for key in keys)


def _extended(tokens: list[Token], most: int) -> list[int]:
    """The set after ALL (RFC 4731 3.1); absent where nothing matches, and left out where it holds too many."""
    for name, value in pairwise(tokens):
        if isinstance(name, bytes) and name.upper() == b"ALL":
            try:
                return read_set(as_bytes(value), most)
            except ValueError:
                return []
    return []


def _text(key: bytes, term: str) -> list[bytes]:
    clean = " ".join("".join(letter if letter.isprintable() else " " for letter in term[:_LONGEST_TERM]).split())
    if not clean:
        return []
    octets = clean.encode("utf-8", "replace")
    return [key, string(octets) if octets.isascii() else Literal(octets)]


def _date(key: bytes, day: datetime | None, exactly: bytes) -> list[bytes]:
    if day is None:
        return []
    ago = int(time.time() - day.timestamp())
    if exactly and ago in _INTERVALS:
        return [exactly, b"%d" % ago]
    # Not strftime: month names must not follow the locale.
    return [key, b"%d-%s-%04d" % (day.day, _MONTHS[day.month - 1], day.year)]


def _attachments(wanted: bool | None) -> list[bytes]:
    if wanted is None:
        return []
    mixed = [b"HEADER", b"Content-Type", b'"multipart/mixed"']
    if wanted:
        return [b"UNKEYWORD", b"$HasNoAttachment", b"OR", b"KEYWORD", b"$HasAttachment", *mixed]
    neither = [b"(UNKEYWORD", b"$HasAttachment", b"NOT", *mixed[:2], mixed[2] + b")"]
    return [b"OR", b"KEYWORD", b"$HasNoAttachment", *neither]
