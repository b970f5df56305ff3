"""The UIDs of a mailbox in a list's order: by the server's SORT (RFC 5256), else by what little must be fetched."""

import re
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from core import Sentence
from modules.imap.client import Command, Reply
from modules.imap.fetching import fetch
from modules.imap.following import follow
from modules.imap.lease import Lease
from modules.imap.memory import Order as KnownOrder
from modules.imap.searching import LARGEST_UID, depends_on_flags, search, search_keys
from modules.imap.tokens import Token, as_bytes, as_int
from modules.mail.api import MailboxName, MailboxState, Order, Query, read_envelope

T = TypeVar("T")

MOST_SORTED_HERE = 20_000
_CHUNK = 2000
_REPLY_MARK = re.compile(r"^\s*((re|fwd?|aw|wg|sv|vs|antw|odp|ynt|rv|tr)\s*(\[\d+\])?\s*:|\[[^\]]*\])\s*", re.I)


@dataclass(frozen=True)
class Ordered:
    """UIDs in the asked order; where there were too many to sort without the server's help, in that of arrival.

    `beyond` more come after them, of which nobody needed to know the order.
    """

    uids: Sequence[int]
    as_asked: bool = True
    beyond: int = 0

    @property
    def total(self) -> int:
        """How many there are, with those whose place is not known."""
        return len(self.uids) + self.beyond


def order_name(mailbox: MailboxName, order: Order, query: Query | None) -> tuple[MailboxName, Order, Query | None]:
    """Under what an order is remembered."""
    return mailbox, order, query


def version_of(state: MailboxState, query: Query | None) -> tuple[int | None, ...]:
    """What must be the same of a mailbox for the same messages to match."""
    modseq = state.highestmodseq if depends_on_flags(query) else None
    return state.uidvalidity, state.uidnext, state.messages, modseq


def ordered_uids(
    lease: Lease,
    mailbox: MailboxName,
    state: MailboxState,
    order: Order,
    query: Query | None,
    suffices: Callable[[Sequence[int]], bool] = lambda uids: False,
) -> Ordered:
    """The UIDs that match, in order; remembered for as long as the mailbox stays as it is.

    Where only the first of them are known they are given if they suffice. The mailbox must be selected.
    """
    version, name = version_of(state, query), order_name(mailbox, order, query)
    kept = lease.memory.order(name)
    if kept is not None and kept.version != version:
        followed = follow(lease, mailbox, kept, state, order) if query is None else None
        kept = _keep(lease, mailbox, order, query, state, *followed) if followed is not None else None
    if kept is not None and (not kept.beyond or suffices(kept.uids)):
        return Ordered(kept.uids, beyond=kept.beyond)
    told = lease.moment.sorted.pop(name, None)
    if told is not None:
        found = read_sorted(told, order)
    else:
        found = _sort(lease, order, query) if lease.offers("SORT") else _sort_here(lease, order, query)
    worth_keeping = not depends_on_flags(query) or state.highestmodseq is not None
    if worth_keeping and found.as_asked:
        return Ordered(_keep(lease, mailbox, order, query, state, found.uids).uids)
    return found


def _keep(
    lease: Lease,
    mailbox: MailboxName,
    order: Order,
    query: Query | None,
    state: MailboxState,
    uids: Sequence[int],
    beyond: int = 0,
) -> KnownOrder:
    name, version = order_name(mailbox, order, query), version_of(state, query)
    kept = lease.memory.keep_order(name, version, state, uids, beyond)
    if query is None and order is Order.NEWEST and lease.offers("SORT"):
        lease.memory.keep_head(mailbox, kept)
    return kept


def sort_command(lease: Lease, order: Order, query: Query | None) -> Command:
    """What asks the server for UIDs in an order (RFC 5256)."""
    by_name = lease.offers("SORT=DISPLAY")  # RFC 5957
    criteria = {
        Order.NEWEST: b"(ARRIVAL)",
        Order.OLDEST: b"(ARRIVAL)",
        Order.SENDER: b"(DISPLAYFROM REVERSE ARRIVAL)" if by_name else b"(FROM REVERSE ARRIVAL)",
        Order.SUBJECT: b"(SUBJECT REVERSE ARRIVAL)",
        Order.LARGEST: b"(REVERSE SIZE REVERSE ARRIVAL)",
    }[order]
    return Command(b"SORT", (criteria, b"UTF-8", *search_keys(query, exact=lease.offers("WITHIN"))), uid=True)


def read_sorted(reply: Reply, order: Order) -> Ordered:
    """The UIDs that a reply to it tells."""
    uids = array("I", (number for number in reply.numbers("SORT") if 0 < number <= LARGEST_UID))
    if order is Order.NEWEST:
        # Not REVERSE: it leaves messages of the same second in the order of the oldest (RFC 5256 3).
        uids.reverse()
    return Ordered(uids)


def _sort(lease: Lease, order: Order, query: Query | None) -> Ordered:
    command = sort_command(lease, order, query)
    return read_sorted(lease.ask(Sentence("sort the messages"), command.name, *command.arguments, uid=True), order)


def _sort_here(lease: Lease, order: Order, query: Query | None) -> Ordered:
    uids = search(lease, search_keys(query, exact=lease.offers("WITHIN")))
    if order is Order.OLDEST:
        return Ordered(uids)
    uids.reverse()
    if order is Order.NEWEST:
        return Ordered(uids)
    if len(uids) > MOST_SORTED_HERE:
        return Ordered(uids, as_asked=False)
    if order is Order.LARGEST:
        sizes = _keys(lease, uids, b"RFC822.SIZE", lambda row: -as_int(row.get(b"RFC822.SIZE", 0)))
        return Ordered(sorted(uids, key=lambda uid: sizes.get(uid, 0)))
    field, text = (b"FROM", _sender) if order is Order.SENDER else (b"SUBJECT", _subject)
    words = _keys(lease, uids, b"BODY.PEEK[HEADER.FIELDS (%s)]<0.2000>" % field, lambda row: text(_header(row)))
    return Ordered(sorted(uids, key=lambda uid: words.get(uid, "")))


def _keys(lease: Lease, uids: list[int], item: bytes, key: Callable[[dict[bytes, Token]], T]) -> dict[int, T]:
    found: dict[int, T] = {}
    for start in range(0, len(uids), _CHUNK):
        for uid, row in fetch(lease, uids[start : start + _CHUNK], b"(UID %s)" % item).items():
            found[uid] = key(row)
    return found


def _header(row: dict[bytes, Token]) -> bytes:
    return next((as_bytes(value) for name, value in row.items() if name.startswith(b"BODY[HEADER.FIELDS")), b"")


def _sender(header: bytes) -> str:
    sender = read_envelope(header).sender
    return sender[0].label.casefold() if sender else ""


def _subject(header: bytes) -> str:
    """The subject without the marks of answers and lists, as RFC 5256 2.1 has it, roughly."""
    subject = read_envelope(header).subject
    while (shorter := _REPLY_MARK.sub("", subject, count=1)) not in (subject, ""):
        subject = shorter
    return subject.casefold()
