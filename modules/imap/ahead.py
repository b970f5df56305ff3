"""What a list will need, asked for in one round trip with the mailbox's state, and with selecting it where it is not.

All of it is guesses from what is remembered: where one is wrong, whoever needs the answer asks for it as if none had
been made.
"""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from modules.imap.client import Command, Reply
from modules.imap.fetching import FetchedItems, flags_of, gather
from modules.imap.following import FEW, came_command, came_since, place
from modules.imap.fresh import read_rows, row_items, with_flags
from modules.imap.heads import Head
from modules.imap.kept import KnownRow
from modules.imap.lease import Lease
from modules.imap.names import Literal
from modules.imap.ordering import order_name, sort_command, version_of
from modules.imap.searching import read_found, search_command
from modules.imap.sets import write_set
from modules.mail.api import MailboxName, MailboxState, Order, Query

# A page of a list has no more rows.
_MOST_AHEAD = 250
# A few of a list's first messages may have gone since it was seen.
_SPARE = 5
# Numbers of a set that is scattered beyond measure are not worth a command.
_LONGEST_SET = 4000


@dataclass(frozen=True)
class Window:
    """A window of a message list that somebody will ask for."""

    mailbox: MailboxName
    start: int
    limit: int
    order: Order
    query: Query | None

    def of(self, uids: Sequence[int]) -> Sequence[int]:
        """The UIDs in it. A start beyond the end gives the last full window."""
        start = max(0, self.start) if self.start < len(uids) else max(0, len(uids) - self.limit)
        return uids[start : start + self.limit]


@dataclass
class Ahead:
    """The commands for a window, and what is made of their answers."""

    lease: Lease
    window: Window
    known: tuple[KnownRow, ...] = ()
    missing: Sequence[int] = ()
    head: Head | None = None
    sorting: bool = False
    _first: int = field(default=0, init=False)

    @property
    def commands(self) -> list[Command]:
        """What is to be asked of the mailbox, as soon as it is selected."""
        lease, window = self.lease, self.window
        commands = [lease.state_command(window.mailbox)]
        if self.sorting:
            commands.append(sort_command(lease, window.order, window.query))
        if self.head is not None:
            commands.append(search_command(lease, [b"UID", write_set(self.head.uids)]))
            commands.append(came_command(lease, self.head.uidnext))
            self._first = self.head.uidnext
        if self.missing:
            commands.append(Command(b"FETCH", (write_set(self.missing), row_items(lease)), uid=True))
        return commands

    def commands_after_news(self) -> list[Command]:
        """The same of a selected mailbox of which there were news: with rows that came, and flags that changed."""
        commands = self.commands
        order = self.lease.memory.order(order_name(self.window.mailbox, self.window.order, self.window.query))
        if order is not None and self.window.query is None:
            commands.append(came_command(self.lease, order.state.uidnext))
            self._first = order.state.uidnext
        since = min([row.state.highestmodseq or 0 for row in self.known], default=0)
        if since and self.lease.offers("CONDSTORE"):
            named = write_set([row.row.uid for row in self.known])
            commands.append(Command(b"FETCH", (named, b"(UID FLAGS)", b"(CHANGEDSINCE %d)" % since), uid=True))
        else:
            self.known = ()
        return commands

    def hear(self, first: Sequence[Command], replies: list[Reply], news: bool) -> list[Reply]:
        """Learn from the replies to commands and to these after them; where there were news all of them run again.

        The replies to the first commands.
        """
        count = len(first)
        news = news or _tells_unasked(replies[-1])
        if news:
            replies = self.lease.connection.run_all([*first, *self.commands_after_news()])
        self.learn(replies[count:], after_news=news)
        return replies[:count]

    def learn(self, replies: Sequence[Reply], *, after_news: bool = False) -> None:
        """Remember what the answers to the commands tell, as far as it is sure."""
        lease, mailbox = self.lease, self.window.mailbox
        state = lease.hear_state(mailbox, replies[0]) if replies and replies[0].ok else None
        if state is None or not all(reply.ok for reply in replies):
            return
        found: dict[int, FetchedItems] = {}
        gather(replies[-1], found)
        if not self._expects(state) or not self._agrees(state):
            return
        lease.moment.settled[mailbox] = state
        # What came after the state was told is for the next one.
        whole = {uid: row for uid, row in found.items() if b"RFC822.SIZE" in row and uid < state.uidnext}
        lease.memory.kept.keep_rows(mailbox, read_rows(whole, state))
        if self._first:
            lease.moment.came[mailbox, self._first] = whole
        if after_news:
            self._settle(found, state)
        if self.sorting:
            name = order_name(mailbox, self.window.order, self.window.query)
            lease.moment.sorted[name] = replies[1]
        if self.head is not None:
            self._grow(self.head, replies[1], state)

    def _expects(self, state: MailboxState) -> bool:
        """Whether UIDs still name the messages that they named when they were remembered."""
        if self.head is not None:
            return self.head.uidvalidity == state.uidvalidity
        order = self.lease.memory.order(order_name(self.window.mailbox, self.window.order, self.window.query))
        return order is None or order.state.uidvalidity == state.uidvalidity

    def _agrees(self, state: MailboxState) -> bool:
        """Whether the selected mailbox is in this state too: else what was fetched may lack what the state counts."""
        selected = self.lease.connection.selected
        return (
            selected is not None
            and (selected.uidvalidity, selected.messages) == (state.uidvalidity, state.messages)
            and (self.head is None or selected.uidnext == state.uidnext)
        )

    def _settle(self, found: dict[int, FetchedItems], state: MailboxState) -> None:
        """Let rows be of this state, with the flags that changed since theirs."""
        rows = [row for row in self.known if row.state.uidvalidity == state.uidvalidity]
        told = {uid: flags_of(items) for uid, items in found.items() if b"FLAGS" in items}
        settled = [
            with_flags(row, told[row.row.uid], state)
            if row.row.uid in told
            else KnownRow(row.row, state, row.mixed, row.texts, row.length)
            for row in rows
        ]
        self.lease.memory.kept.keep_rows(self.window.mailbox, settled)

    def _grow(self, head: Head, searched: Reply, state: MailboxState) -> None:
        """Make the beginning of a list of what is left of a former one and of what came since."""
        lease, mailbox = self.lease, self.window.mailbox
        if not 0 <= state.uidnext - head.uidnext <= FEW:
            return
        # A server may have sorted what it did not count yet: that is among what came since.
        left = {uid for uid in read_found(searched) if uid < head.uidnext}
        uids = array("I", (uid for uid in reversed(head.uids) if uid in left))
        came = came_since(lease, mailbox, head.uidnext, state)
        if not uids or not place(lease, mailbox, state, uids, came, whole=False) or len(uids) > state.messages:
            return
        uids.reverse()
        name, version = order_name(mailbox, Order.NEWEST, None), version_of(state, None)
        lease.memory.keep_order(name, version, state, uids, state.messages - len(uids))


def look_ahead(lease: Lease, window: Window) -> Ahead | None:
    """What to ask for ahead of a window; None where nothing is to be asked, or all of it was just heard."""
    mailbox = window.mailbox
    # What holds a literal is sent alone, and would not be asked in the same moment.
    if mailbox in lease.moment.states or isinstance(lease.quoted(mailbox), Literal):
        return None
    here = lease.is_selected(mailbox)
    if here and lease.is_current:
        return None
    ahead = Ahead(lease, window)
    order = lease.memory.order(order_name(mailbox, window.order, window.query))
    if order is not None:
        _add_rows(ahead, window.of(order.uids), order.state.uidvalidity)
    elif window.query is None and window.order is Order.NEWEST and _add_head(ahead):
        return ahead
    elif lease.offers("SORT") and _is_cheap(window.query):
        command = sort_command(lease, window.order, window.query)
        ahead.sorting = not any(isinstance(argument, Literal) for argument in command.arguments)
    return ahead


def select_ahead(lease: Lease, window: Window, uid: int, *first: Command) -> list[Reply]:
    """Select a mailbox that is not, and run commands there, in one round trip with what tells where a message stands.

    The replies to the commands; none where that cannot be done or did not work, and nothing was learned then.
    """
    ahead = None if lease.is_selected(window.mailbox) else look_ahead(lease, window)
    if ahead is None:
        return []
    if ahead.head is not None and uid not in ahead.head.uids:
        # Where it stands among all is only known of all.
        ahead.head, ahead.sorting = None, True
    ahead.missing = ()
    selected, *replies = lease.select_with(window.mailbox, [*first, *ahead.commands])
    if not selected.ok:
        return []
    ahead.learn(replies[len(first) :])
    return replies[: len(first)]


def recall_head(lease: Lease, mailbox: MailboxName, uid: int) -> None:
    """Know of a selected mailbox what is left of its list's former beginning, should a message have been within it."""
    head = lease.memory.heads.find(mailbox)
    known = lease.memory.order(order_name(mailbox, Order.NEWEST, None))
    if head is None or known is not None or uid not in head.uids or isinstance(lease.quoted(mailbox), Literal):
        return
    ahead = Ahead(lease, Window(mailbox, 0, 1, Order.NEWEST, None))
    if _add_head(ahead):
        ahead.missing = ()
        ahead.learn(lease.connection.run_all(ahead.commands))


def _add_rows(ahead: Ahead, uids: Sequence[int], uidvalidity: int) -> None:
    asked = uids[:_MOST_AHEAD]
    window = ahead.lease.memory.kept.window(ahead.window.mailbox, asked)
    if window is not None and window.state.uidvalidity == uidvalidity:
        ahead.known = window.rows
        return
    rows = ahead.lease.memory.kept.rows(ahead.window.mailbox, uidvalidity, asked)
    ahead.missing = [uid for uid in asked if uid not in rows] if len(rows) < len(asked) else ()
    ahead.known = tuple(rows.values())


def _add_head(ahead: Ahead) -> bool:
    """Begin with what was the beginning of the list at an earlier log-in; False where that will not do."""
    lease, window = ahead.lease, ahead.window
    head = lease.memory.heads.find(window.mailbox)
    if head is None or not lease.offers("SORT") or max(0, window.start) + window.limit > len(head.uids):
        return False
    if len(write_set(head.uids)) > _LONGEST_SET:
        return False
    ahead.head = head
    start = max(0, window.start)
    ahead.missing = head.uids[start : start + window.limit + _SPARE][:_MOST_AHEAD]
    return True


def _is_cheap(query: Query | None) -> bool:
    """Whether a server finds what matches without reading texts, so that asking once in vain does no harm."""
    return query is None or not (query.words or query.body)


def _tells_unasked(reply: Reply) -> bool:
    """Whether a FETCH tells of flags that changed: of every message that was asked for comes the size."""
    for heard in reply.heard:
        if heard.kind == "FETCH":
            for record in heard.records:
                if b"RFC822.SIZE" in (record[0] if isinstance(record, tuple) else record):
                    break
            else:
                return True
    return False


def ask_ahead(lease: Lease, window: Window, *first: Command) -> list[Reply]:
    """Run commands, and ask in the same round trip for what a window will need; the replies to the commands.

    Where there are news in the selected mailbox the commands run again. Nothing is asked for again that was heard.
    """
    ahead = look_ahead(lease, window)
    if ahead is None:
        return lease.run_current(*first) if first else []
    count = len(first)
    if not lease.is_selected(window.mailbox):
        # Of the mailbox that was selected before servers may tell what they told before: so it is left first.
        selected, *replies = lease.select_with(window.mailbox, [*first, *ahead.commands])
        if selected.ok:
            ahead.learn(replies[count:])
        return replies[:count]
    return ahead.hear(first, *lease.hear_with([*first, *ahead.commands]))


def begin_ahead(lease: Lease, window: Window, *first: Command) -> Callable[[], list[Reply]] | None:
    """Ask for the same, and wait for nothing; what does the rest.

    None where more than the state of the selected mailbox is to be asked for the window, or nothing; then nothing was.
    """
    ahead = look_ahead(lease, window)
    if ahead is None or not lease.is_selected(window.mailbox):
        return None
    if ahead.missing or ahead.sorting or ahead.head is not None:
        return None
    hear = lease.begin_to_hear_with([*first, *ahead.commands])
    return lambda: ahead.hear(first, *hear())
