"""What never changes of messages, kept in memory while their reader is logged in: rows, structures, short bodies."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from modules.mail.api import MailboxName, MailboxState, MessageRow, StoredMessage

T = TypeVar("T")

# How many octets each kind may hold for one account, roughly: Python's own share is counted with each of them.
_ROWS, _MESSAGES, _PARTS = 1_500_000, 500_000, 1_000_000
_LARGEST_PART = 250_000
_MOST_WINDOWS = 4
# With a row its HTML is kept, about as long as all else of it.
_ROW_OVERHEAD, _OVERHEAD = 3600, 1000


@dataclass(frozen=True)
class KnownRow:
    """A row of a message list, with the flags that it had in a state of its mailbox.

    `mixed` is what its header says of attachments, `texts` in which sections its texts are, as far as that is plain
    from the header, and `length` how long that is.
    """

    row: MessageRow
    state: MailboxState
    mixed: bool
    texts: tuple[bytes, ...]
    length: int


@dataclass(frozen=True)
class KnownWindow:
    """Rows that were shown together, in the order of these UIDs and in one state of their mailbox."""

    state: MailboxState
    uids: Sequence[int]
    rows: tuple[KnownRow, ...]
    shown: tuple[MessageRow, ...]


class Bounded(Generic[T]):
    """Values by name, up to so many octets in all; what was not asked for longest goes first. For several threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0
        self._values: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: Hashable) -> T | None:
        """The value of this name."""
        with self._lock:
            found = self._values.get(name)
            if found is None:
                return None
            self._values.move_to_end(name)
            return found[0]

    def get_all(self, names: Iterable[Hashable]) -> list[T | None]:
        """The values of these names, in their order."""
        names = list(names)
        with self._lock:
            values = self._values
            found = list(map(values.get, names))
            for name, value in zip(names, found, strict=True):
                if value is not None:
                    values.move_to_end(name)
        return [value[0] if value is not None else None for value in found]

    def keep(self, name: Hashable, value: T, octets: int) -> None:
        """Keep a value that takes so many octets."""
        self.keep_all([(name, value, octets)])

    def keep_all(self, values: Iterable[tuple[Hashable, T, int]]) -> None:
        """Keep values, each with its name and the octets that it takes."""
        with self._lock:
            for name, value, octets in values:
                before = self._values.pop(name, None)
                if before is not None:
                    self._held -= before[1]
                if octets <= self._most:
                    self._values[name] = (value, octets)
                    self._held += octets
            while self._held > self._most:
                self._held -= self._values.popitem(last=False)[1][1]

    @property
    def held(self) -> int:
        """How many octets are held."""
        return self._held


@dataclass
class KeptMail:
    """One account's mail in one session. Messages are known by mailbox, UIDVALIDITY and UID (RFC 9051 2.3.1.1).

    Flags change: they hold for one state of a mailbox, as HIGHESTMODSEQ tells states apart (RFC 7162 3.1.2.1). It goes
    with the shelf of its session's connections: at log-out, with another password, and after a while without use.
    """

    _rows: Bounded[KnownRow] = field(default_factory=lambda: Bounded(_ROWS))
    _windows: dict[MailboxName, KnownWindow] = field(default_factory=dict)
    _messages: Bounded[StoredMessage] = field(default_factory=lambda: Bounded(_MESSAGES))
    _parts: Bounded[bytes] = field(default_factory=lambda: Bounded(_PARTS))

    def row(self, mailbox: MailboxName, uidvalidity: int, uid: int) -> KnownRow | None:
        """A row as it was last seen."""
        return self._rows.get((mailbox, uidvalidity, uid))

    def rows(self, mailbox: MailboxName, uidvalidity: int, uids: Sequence[int]) -> dict[int, KnownRow]:
        """Those of several rows that are kept, as they were last seen, by UID."""
        found = self._rows.get_all([(mailbox, uidvalidity, uid) for uid in uids])
        return {uid: row for uid, row in zip(uids, found, strict=True) if row is not None}

    def keep_rows(self, mailbox: MailboxName, rows: Iterable[KnownRow]) -> None:
        """Keep rows, but for those that came without a header: a server may tell more of them another time.

        Windows of rows go: what they hold may be kept no more.
        """
        keeping: list[tuple[Hashable, KnownRow, int]] = [
            ((mailbox, known.state.uidvalidity, known.row.uid), known, _ROW_OVERHEAD + 2 * known.length)
            for known in rows
            if known.length and known.state.uidvalidity
        ]
        if keeping:
            self._rows.keep_all(keeping)
            self._windows = {}

    def window(self, mailbox: MailboxName, uids: Sequence[int]) -> KnownWindow | None:
        """The window of a mailbox that was shown last, where it is that of these UIDs."""
        known = self._windows.get(mailbox)
        return known if known is not None and known.uids == uids else None

    def keep_window(self, mailbox: MailboxName, state: MailboxState, uids: Sequence[int], rows: list[KnownRow]) -> None:
        """Remember which rows were shown together, where all of them are kept and of this state."""
        # As many as are kept at all: what was looked for just now is then still there, and takes no room of its own.
        fits = len(rows) == len(uids) and len(rows) * _ROW_OVERHEAD + 2 * sum([row.length for row in rows]) <= _ROWS
        same = [row for row in rows if row.length and (row.state is state or row.state == state)]
        if fits and state.highestmodseq and len(same) == len(rows):
            window = KnownWindow(state, uids, tuple(rows), tuple([row.row for row in rows]))
            others = [(name, known) for name, known in self._windows.items() if name != mailbox]
            # Anew, for several threads: what one of them reads never changes.
            self._windows = dict([*others[1 - _MOST_WINDOWS :], (mailbox, window)])

    def message(self, mailbox: MailboxName, uidvalidity: int, uid: int) -> StoredMessage | None:
        """A message's header and structure, with the flags that it had then."""
        return self._messages.get((mailbox, uidvalidity, uid))

    def keep_message(self, mailbox: MailboxName, uidvalidity: int, message: StoredMessage) -> None:
        """Keep a message's header and structure."""
        if uidvalidity:
            octets = _OVERHEAD + len(message.header) + _OVERHEAD * sum(1 for _ in message.structure.walk())
            self._messages.keep((mailbox, uidvalidity, message.uid), message, octets)

    def part(self, mailbox: MailboxName, uidvalidity: int, uid: int, number: str, most: int) -> bytes | None:
        """The octets of a part, cut after `most`."""
        return self._parts.get((mailbox, uidvalidity, uid, number, most))

    def keep_part(self, mailbox: MailboxName, uidvalidity: int, uid: int, number: str, most: int, part: bytes) -> None:
        """Keep a part where it is short."""
        if uidvalidity and len(part) <= _LARGEST_PART:
            self._parts.keep((mailbox, uidvalidity, uid, number, most), part, _OVERHEAD + len(part))
