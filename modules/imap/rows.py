"""The rows of a message list: one bounded FETCH a window, and no message is read for it."""

from collections.abc import Iterable, Sequence

from modules.imap.ahead import Window, ask_ahead, recall_head
from modules.imap.fetching import fetch, fetch_all, fetch_numbered, flags_of, number_of
from modules.imap.fresh import read_rows, row_items, with_flags
from modules.imap.kept import KnownRow
from modules.imap.lease import Lease, Moment
from modules.imap.memory import Memory
from modules.imap.ordering import order_name, ordered_uids, version_of
from modules.imap.searching import LARGEST_UID
from modules.mail.api import Around, MailboxName, MailboxState, MessageRow, Order, Query, Rows, Uid


def window(lease: Lease, mailbox: MailboxName, start: int, limit: int, order: Order, query: Query | None) -> Rows:
    """A window of the list. A start beyond the end gives the last full window."""
    query = narrowing(query)
    limit = max(1, limit)
    ask_ahead(lease, Window(mailbox, start, limit, order, query))
    state = current_state(lease, mailbox)
    if by_number(lease, order, query):
        selected = lease.connection.selected
        total = selected.messages if selected else 0
        start = _clamp(start, limit, total)
        return Rows(tuple(_numbered(lease, state, start, limit, total, order)), start, total, state)
    ordered = ordered_uids(lease, mailbox, state, order, query, lambda uids: start + limit <= len(uids))
    total = ordered.total
    start = _clamp(start, limit, total)
    rows = _shown(lease, mailbox, state, ordered.uids[start : start + limit])
    return Rows(rows, start, total, state, sorted_as_asked=ordered.as_asked)


def recall_window(memory: Memory, moment: Moment, window: Window, uidvalidity: int | None) -> Rows | None:
    """A window of the list that is remembered, where all that it depends on was just heard to be as it was.

    None where it is not, or the mailbox is by now another than that of this UIDVALIDITY.
    """
    mailbox, query = window.mailbox, window.query
    state = moment.states.get(mailbox)
    if state is None or moment.settled.get(mailbox) is not state or uidvalidity not in (None, state.uidvalidity):
        return None
    known = memory.order(order_name(mailbox, window.order, query))
    if known is None or known.version != version_of(state, query):
        return None
    total = len(known.uids) + known.beyond
    start = _clamp(window.start, window.limit, total)
    if known.beyond and start + window.limit > len(known.uids):
        return None
    shown = memory.kept.window(mailbox, known.uids[start : start + window.limit])
    return Rows(shown.shown, start, total, state) if shown is not None and shown.state == state else None


def _shown(lease: Lease, mailbox: MailboxName, state: MailboxState, uids: Sequence[int]) -> tuple[MessageRow, ...]:
    """The rows of a window, the same objects as the last time where nothing changed since."""
    kept = lease.memory.kept
    known = kept.window(mailbox, uids)
    if known is not None and known.state == state:
        return known.shown
    rows = _known(lease, mailbox, state, uids)
    kept.keep_window(mailbox, state, uids, rows)
    return tuple([row.row for row in rows])


def current_state(lease: Lease, mailbox: MailboxName) -> MailboxState:
    """Select a mailbox and tell its state, so that both speak of the same moment and the same UIDVALIDITY."""
    if lease.is_selected(mailbox) and mailbox not in lease.moment.states:
        lease.state(mailbox)
    lease.select(mailbox)
    state = lease.state(mailbox)
    selected = lease.connection.selected
    if selected and (selected.uidvalidity, selected.messages) != (state.uidvalidity, state.messages):
        lease.reselect(mailbox)
        lease.moment.forget(mailbox)
        state = lease.state(mailbox)
    return state


def narrowing(query: Query | None) -> Query | None:
    """A query, or None where it asks for the whole mailbox: that has shorter ways than a search."""
    return query if query != Query() else None


def by_number(lease: Lease, order: Order, query: Query | None) -> bool:
    """Whether the list is the mailbox itself, so that sequence numbers are its order."""
    return query is None and order in (Order.NEWEST, Order.OLDEST) and not lease.offers("SORT")


def named(lease: Lease, mailbox: MailboxName, state: MailboxState, uids: Iterable[int]) -> list[MessageRow]:
    """Rows for named messages of the selected mailbox, in the given order, without those that vanished.

    Headers that were fetched before are not fetched again, nor are flags where nothing changed since.
    """
    return [row.row for row in _known(lease, mailbox, state, uids)]


def _known(lease: Lease, mailbox: MailboxName, state: MailboxState, uids: Iterable[int]) -> list[KnownRow]:
    """What is known of them, and fetched now where it was not known before."""
    wanted = [uid for uid in uids if 0 < uid <= LARGEST_UID]
    kept = lease.memory.kept
    known = kept.rows(mailbox, state.uidvalidity, wanted)
    # Whether flags are those of this state is known of servers with CONDSTORE, which tell states apart.
    settled = known.items() if state.highestmodseq else ()
    shown = {uid: row for uid, row in settled if row.state is state or row.state == state}
    if len(shown) == len(wanted):
        return [shown[uid] for uid in wanted]
    unknown = [uid for uid in wanted if uid not in known]
    unsettled = [uid for uid in known if uid not in shown]
    found = fetch_all(lease, (unknown, row_items(lease)), (unsettled, b"(UID FLAGS)"))
    fresh = read_rows({uid: found[uid] for uid in unknown if uid in found}, state)
    flags = {uid: flags_of(found[uid]) for uid in unsettled if b"FLAGS" in found.get(uid, {})}
    fresh += [with_flags(known[uid], flags[uid], state) for uid in flags]
    kept.keep_rows(mailbox, fresh)
    shown.update((row.row.uid, row) for row in fresh)
    return [shown[uid] for uid in wanted if uid in shown]


def neighbours(lease: Lease, mailbox: MailboxName, uid: Uid, order: Order, query: Query | None) -> Around:
    """Where a message stands in the list of those that match."""
    query = narrowing(query)
    state = current_state(lease, mailbox)
    if by_number(lease, order, query):
        return _numbered_neighbours(lease, uid, order)
    if query is None and order is Order.NEWEST:
        recall_head(lease, mailbox, uid)
    ordered = ordered_uids(lease, mailbox, state, order, query, lambda uids: uid in uids[:-1])
    uids = ordered.uids
    try:
        at = uids.index(uid)
    except ValueError:
        return Around()
    above = Uid(uids[at - 1]) if at > 0 else None
    below = Uid(uids[at + 1]) if at + 1 < len(uids) else None
    return Around(above, below, at, len(uids) + ordered.beyond)


def _clamp(start: int, limit: int, total: int) -> int:
    return max(0, start) if start < total else max(0, total - limit)


def _numbered(lease: Lease, state: MailboxState, start: int, limit: int, total: int, order: Order) -> list[MessageRow]:
    if not total:
        return []
    newest = order is Order.NEWEST
    first, last = start + 1, min(total, start + limit)
    if newest:
        first, last = total - last + 1, total - start
    found = fetch_numbered(lease, first, last, row_items(lease))
    ranked = sorted(found.items(), key=lambda item: number_of(item[1]), reverse=newest)
    asked = (item for item in ranked if first <= number_of(item[1]) <= last and item[0] <= LARGEST_UID)
    whole = {uid: row for uid, row in asked if b"RFC822.SIZE" in row}
    return [known.row for known in read_rows(whole, state)]


def _numbered_neighbours(lease: Lease, uid: Uid, order: Order) -> Around:
    found = fetch(lease, [uid], b"(UID)")
    selected = lease.connection.selected
    if uid not in found or selected is None:
        return Around()
    number, total = number_of(found[uid]), selected.messages
    around = fetch_numbered(lease, max(1, number - 1), min(total, number + 1), b"(UID)")
    at = {number_of(row): Uid(one) for one, row in around.items()}
    older, newer = at.get(number - 1), at.get(number + 1)
    if order is Order.NEWEST:
        return Around(newer, older, total - number, total)
    return Around(older, newer, number - 1, total)
