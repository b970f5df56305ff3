"""An order of UIDs that is known, brought up to date by what came and what went, instead of being sorted again."""

from array import array
from dataclasses import dataclass
from datetime import datetime

from core import Sentence
from modules.imap.client import Command, Reply
from modules.imap.fetching import FetchedItems, fetch, gather, received_of
from modules.imap.fresh import read_rows, row_items
from modules.imap.lease import Lease
from modules.imap.memory import Order as KnownOrder
from modules.imap.searching import LARGEST_UID
from modules.imap.sets import read_set
from modules.mail.api import MailboxName, MailboxState, Order

_MOST_CAME = 500
_MOST_PLACED = 10
_MOST_WENT = 100_000
FEW = 20


def follow(
    lease: Lease, mailbox: MailboxName, known: KnownOrder, state: MailboxState, order: Order
) -> "tuple[array[int], int] | None":
    """The mailbox in the order of arrival as it is now; None where sorting it anew is the way.

    What of it is known stays known, and how many messages come after that is told. The mailbox must be selected.
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
    came = came_since(lease, mailbox, before.uidnext, state) if state.uidnext != before.uidnext else {}
    if state.uidnext != before.uidnext and not came:
        # It came and went again: what else went meanwhile cannot be told by counting.
        return None
    beyond: int | None = known.beyond
    if len(uids) + known.beyond + len(came) != state.messages:
        beyond = _leave_out(lease, uids, known)
    if beyond is None or len(uids) + beyond + len(came) != state.messages:
        return None
    if not place(lease, mailbox, state, uids, came, whole=not beyond):
        return None
    if order is Order.NEWEST:
        uids.reverse()
    return uids, state.messages - len(uids)


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


def came_command(lease: Lease, first: int) -> Command:
    """What asks for the rows of the few messages that may have come from this UID on."""
    return Command(b"FETCH", (b"%d:%d" % (first, min(first + FEW - 1, LARGEST_UID)), row_items(lease)), uid=True)


def came_since(lease: Lease, mailbox: MailboxName, first: int, state: MailboxState) -> dict[int, datetime]:
    """When each message arrived that has come since; of a few all that a list shows of them is fetched at once.

    What `came_command` brought is not asked for again, and its rows are kept already.
    """
    few = state.uidnext - first <= FEW
    brought = lease.moment.came.get((mailbox, first)) if few else None
    found: dict[int, FetchedItems] = brought or {}
    if brought is None:
        items = row_items(lease) if few else b"(UID INTERNALDATE)"
        reply = lease.ask(Sentence("fetch the messages"), b"FETCH", b"%d:*" % first, items, uid=True)
        gather(reply, found)
    # RFC 9051 9, seq-range: the set holds the last message even where that is older.
    came = {uid: row for uid, row in found.items() if first <= uid <= LARGEST_UID and b"INTERNALDATE" in row}
    if few and brought is None:
        lease.memory.kept.keep_rows(mailbox, read_rows(came, state))
    return {uid: received_of(row) for uid, row in came.items()}


def _leave_out(lease: Lease, uids: "array[int]", known: KnownOrder) -> int | None:
    """Take out what vanished since an order was known; how many are left of those beyond it.

    None where the server does not tell (RFC 7162 3.2.6).
    """
    before = known.state
    if not lease.connection.tells_vanished or not before.highestmodseq:
        return None
    since = b"(CHANGEDSINCE %d VANISHED)" % before.highestmodseq
    gone = _vanished(lease.ask(Sentence("fetch the messages"), b"FETCH", b"1:*", b"(UID)", since, uid=True))
    if gone is None:
        return None
    listed = len(uids)
    if len(gone) <= FEW:
        for uid in gone:
            if uid in uids:
                uids.remove(uid)
    else:
        uids[:] = array("I", (uid for uid in uids if uid not in gone))
    if not known.beyond:
        return 0
    return known.beyond + listed - len(uids) - sum(1 for uid in gone if uid < before.uidnext)


def _vanished(reply: Reply) -> set[int] | None:
    gone: list[int] = []
    for heard in reply.heard:
        if heard.kind == "VANISHED":
            try:
                gone += read_set(heard.text.upper().removeprefix(b"(EARLIER)").strip(), _MOST_WENT - len(gone))
            except ValueError:
                return None
    return set(gone)


def place(
    lease: Lease,
    mailbox: MailboxName,
    state: MailboxState,
    uids: "array[int]",
    came: dict[int, datetime],
    *,
    whole: bool,
) -> bool:
    """Put what came where it belongs, the oldest first; False where that cannot be told, or is too much work.

    Where these are not the whole mailbox, what is older than all of them is left out.
    """
    arrivals = _Arrivals(lease, mailbox, state.uidvalidity)
    if not came:
        return True
    if not uids:
        if not whole:
            return False
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
        if whole or position:
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
