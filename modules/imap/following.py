"""An order of UIDs that is known, brought up to date by what came and what went, instead of being sorted again."""

from array import array
from dataclasses import dataclass
from datetime import datetime

from core import Sentence
from modules.imap.client import Reply
from modules.imap.fetching import FetchedItems, fetch, gather, received_of
from modules.imap.fresh import read_row, row_items
from modules.imap.lease import Lease
from modules.imap.memory import Order as KnownOrder
from modules.imap.searching import LARGEST_UID
from modules.imap.sets import read_set
from modules.mail.api import MailboxName, MailboxState, Order

_MOST_CAME = 500
_MOST_PLACED = 10
_MOST_WENT = 100_000
_FEW = 20


def follow(
    lease: Lease, mailbox: MailboxName, known: KnownOrder, state: MailboxState, order: Order
) -> "array[int] | None":
    """The whole mailbox in the order of arrival as it is now; None where sorting it anew is the way.

    The mailbox must be selected.
    """
    before = known.state
    if order not in (Order.NEWEST, Order.OLDEST) or before.uidvalidity != state.uidvalidity:
        return None
    if not known.uids or not 0 <= state.uidnext - before.uidnext <= _MOST_CAME:
        return None
    # In the order of arrival, the oldest first.
    uids = array("I", known.uids)
    if order is Order.NEWEST:
        uids.reverse()
    came = _came(lease, mailbox, before, state) if state.uidnext != before.uidnext else {}
    if state.uidnext != before.uidnext and not came:
        # It came and went again: what else went meanwhile cannot be told by counting.
        return None
    if len(uids) + len(came) != state.messages and not _leave_out(lease, uids, before):
        return None
    if not _place(_Arrivals(lease, mailbox, state.uidvalidity), uids, came) or len(uids) != state.messages:
        return None
    if order is Order.NEWEST:
        uids.reverse()
    return uids


@dataclass(frozen=True)
class _Arrivals:
    """When messages of a mailbox arrived."""

    lease: Lease
    mailbox: MailboxName
    uidvalidity: int

    def of(self, uid: int) -> datetime | None:
        """As a list told it, or else by asking; None for a message without a date."""
        known = self.lease.memory.kept.row(self.mailbox, self.uidvalidity, uid)
        if known is not None:
            return known.row.received
        row = fetch(self.lease, [uid], b"(UID INTERNALDATE)").get(uid)
        return received_of(row) if row is not None else None


def _came(lease: Lease, mailbox: MailboxName, before: MailboxState, state: MailboxState) -> dict[int, datetime]:
    """When each message arrived that has come since; of a few all that a list shows of them is fetched at once."""
    first = before.uidnext
    few = state.uidnext - first <= _FEW
    items = row_items(lease) if few else b"(UID INTERNALDATE)"
    reply = lease.ask(Sentence("fetch the messages"), b"FETCH", b"%d:*" % first, items, uid=True)
    found: dict[int, FetchedItems] = {}
    gather(reply, found)
    # RFC 9051 9, seq-range: the set holds the last message even where that is older.
    came = {uid: row for uid, row in found.items() if first <= uid <= LARGEST_UID and b"INTERNALDATE" in row}
    for uid, row in came.items() if few else ():
        known = read_row(uid, row, state)
        if known.length:
            lease.memory.kept.keep_row(mailbox, known)
    return {uid: received_of(row) for uid, row in came.items()}


def _leave_out(lease: Lease, uids: "array[int]", before: MailboxState) -> bool:
    """Take out what vanished since a state; False where the server does not tell (RFC 7162 3.2.6)."""
    if not lease.connection.tells_vanished or not before.highestmodseq:
        return False
    since = b"(CHANGEDSINCE %d VANISHED)" % before.highestmodseq
    gone = _vanished(lease.ask(Sentence("fetch the messages"), b"FETCH", b"1:*", b"(UID)", since, uid=True))
    if gone is None:
        return False
    if len(gone) <= _FEW:
        for uid in gone:
            if uid in uids:
                uids.remove(uid)
    else:
        uids[:] = array("I", (uid for uid in uids if uid not in gone))
    return True


def _vanished(reply: Reply) -> set[int] | None:
    gone: set[int] = set()
    for heard in reply.heard:
        if heard.kind == "VANISHED":
            try:
                gone.update(read_set(heard.text.upper().removeprefix(b"(EARLIER)").strip(), _MOST_WENT))
            except ValueError:
                return None
    return gone


def _place(arrivals: _Arrivals, uids: "array[int]", came: dict[int, datetime]) -> bool:
    """Put what came where it belongs; False where that cannot be told, or is too much work."""
    if not came or not uids:
        uids.extend(sorted(came, key=lambda uid: (came[uid], uid)))
        return True
    newest = arrivals.of(uids[-1])
    if newest is None:
        return False
    older: list[tuple[datetime, int]] = []
    for arrived, uid in sorted((arrived, uid) for uid, arrived in came.items()):
        if arrived >= newest:
            uids.append(uid)
        else:
            older.append((arrived, uid))
    if len(older) > _MOST_PLACED:
        return False
    for arrived, uid in older:
        position = _position(arrivals, uids, arrived)
        if position is None:
            return False
        uids.insert(position, uid)
    return True


def _position(arrivals: _Arrivals, uids: "array[int]", arrived: datetime) -> int | None:
    """Before which message one belongs that arrived then: the first that arrived later. None where one has no date."""
    low, high = 0, len(uids)
    while low < high:
        middle = (low + high) // 2
        other = arrivals.of(uids[middle])
        if other is None:
            return None
        if other <= arrived:
            low = middle + 1
        else:
            high = middle
    return low
