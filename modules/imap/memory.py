"""What is worth remembering of one account between requests, as long as its session lasts; all of it can be lost."""

import re
import threading
import time
from array import array
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from modules.imap.heads import MOST_UIDS, Head, OwnHeads
from modules.imap.kept import KeptMail
from modules.imap.names import encode_name, string
from modules.imap.told import Heard
from modules.mail.api import Mailbox, MailboxName, MailboxState, Quota, Role, Uid

# What has more digits is no UID.
_NUMBER = re.compile(rb"\b[0-9]{1,10}\b")
_MOST_ORDERS = 12
_MOST_ORDERED = 500_000
_MOST_NAMES = 5000
# Of the names that are asked for again and again.
_MOST_WRITTEN = 100
# States by the octets that told of them.
_MOST_TOLD, _LONGEST_TOLD = 100, 1000
# Octets of conversations, about eight for a message.
_MOST_THREADED = 2_500_000
# A message that was shown is taken to be there for so many seconds, by the frame with its text.
_MOST_MET, _JUST_NOW = 20, 10.0
# A quota is believed for so many seconds, unless messages came or went: to ask for it costs as much as all counts.
QUOTA_LASTS = 60.0


@dataclass(frozen=True)
class Namespace:
    """Where new mailboxes go (RFC 2342): the personal prefix and the hierarchy delimiter, None where all is flat."""

    prefix: str = ""
    delimiter: str | None = "/"


@dataclass(frozen=True)
class Order:
    """UIDs in an order, the version of the mailbox in which they were found so, and its state then.

    `beyond` more come after them, in an order that is not known.
    """

    version: Hashable
    state: MailboxState
    uids: "array[int]"
    beyond: int = 0


@dataclass(frozen=True)
class Threads:
    """The conversations of a mailbox in one state: a line of UIDs for each, as the server found them (RFC 5256)."""

    state: MailboxState
    lines: bytes

    def of(self, uid: int) -> set[int]:
        """The UIDs of a message's conversation; none where the message was not there."""
        at = self.lines.find(b" %d " % uid)
        if at < 0:
            return set()
        line = self.lines[self.lines.rfind(b"\n", 0, at) + 1 : self.lines.find(b"\n", at)]
        return set(map(int, _NUMBER.findall(line)))

    def are_of(self, state: MailboxState) -> bool:
        """Whether a mailbox in this state has the very same messages."""
        mine = self.state
        return (mine.uidvalidity, mine.uidnext, mine.messages) == (state.uidvalidity, state.uidnext, state.messages)


@dataclass(frozen=True)
class Listed:
    """The mailboxes as they were listed last, with the roles that the user assigned.

    `heard` is the answer that told them, and whether names in it are UTF-8, with states of single mailboxes that came
    with it; `told` is it without those.
    """

    told: "tuple[bool, list[Heard]] | None"
    heard: "tuple[bool, list[Heard]] | None"
    assigned: Mapping[Role, MailboxName]
    mailboxes: tuple[Mailbox, ...]


@dataclass(frozen=True)
class Quoted:
    """The quota as it was told, and the mailboxes as they were listed then; when, by the monotonic clock."""

    quota: Quota | None
    mailboxes: tuple[Mailbox, ...]
    at: float = field(default_factory=time.monotonic)

    def lasts(self, mailboxes: tuple[Mailbox, ...]) -> bool:
        """Whether it is believed where the mailboxes are these: as many messages in all, and not long after."""
        known = mailboxes is self.mailboxes or _messages_in(mailboxes) == _messages_in(self.mailboxes)
        return known and time.monotonic() - self.at < QUOTA_LASTS


def _messages_in(mailboxes: tuple[Mailbox, ...]) -> int:
    return sum(one.messages or 0 for one in mailboxes)


@dataclass
class Memory:
    """One account's memory in one session; safe for several threads. What it gives out is never changed.

    `shown` holds under which UIDVALIDITY each mailbox's messages were shown last, `listed` the mailboxes with counts
    (True) and without, `quota` what was told with those; it is doubted where this session did more since than to change
    flags. The `heads` of lists outlive the session. Since the mailboxes were listed nothing may be known to have
    changed: then it is `unchanged`.
    """

    namespace: Namespace | None = None
    raw_names: dict[str, bytes] = field(default_factory=dict)
    kept: KeptMail = field(default_factory=KeptMail)
    heads: OwnHeads = field(default_factory=OwnHeads)
    shown: dict[MailboxName, int] = field(default_factory=dict)
    listed: dict[bool, Listed] = field(default_factory=dict)
    quota: Quoted | None = None
    quota_doubted: bool = False
    unchanged: bool = False
    _written: dict[tuple[str, bool], tuple[bytes, bytes]] = field(default_factory=dict)
    _told: "OrderedDict[MailboxName, tuple[bytes, MailboxState]]" = field(default_factory=OrderedDict)
    _met: "OrderedDict[tuple[MailboxName, Uid], tuple[int, float]]" = field(default_factory=OrderedDict)
    _orders: "OrderedDict[Hashable, Order]" = field(default_factory=OrderedDict)
    _threads: "OrderedDict[MailboxName, Threads]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def order(self, name: Hashable) -> Order | None:
        """The UIDs remembered under a name."""
        with self._lock:
            kept = self._orders.get(name)
            if kept is not None:
                self._orders.move_to_end(name)
            return kept

    def keep_order(
        self, name: Hashable, version: Hashable, state: MailboxState, uids: Sequence[int], beyond: int = 0
    ) -> Order:
        """Remember UIDs in their order; what was not asked for longest is forgotten."""
        kept = Order(version, state, array("I", uids), beyond)
        with self._lock:
            self._orders[name] = kept
            self._orders.move_to_end(name)
            held = sum(len(one.uids) for one in self._orders.values())
            while len(self._orders) > 1 and (len(self._orders) > _MOST_ORDERS or held > _MOST_ORDERED):
                held -= len(self._orders.popitem(last=False)[1].uids)
        return kept

    def keep_head(self, name: MailboxName, order: Order) -> None:
        """Remember how a mailbox's list begins, the newest first, for whoever logs in next."""
        state = order.state
        if state.uidvalidity and state.uidnext:
            self.heads.keep(name, Head(state.uidvalidity, state.uidnext, order.uids[:MOST_UIDS]))

    def threads(self, name: MailboxName) -> Threads | None:
        """The conversations of a mailbox as they were last found."""
        return self._threads.get(name)

    def keep_threads(self, name: MailboxName, threads: Threads) -> None:
        """Remember conversations; those of the mailbox in which they were found longest ago are forgotten."""
        with self._lock:
            self._threads[name] = threads
            self._threads.move_to_end(name)
            held = sum(len(one.lines) for one in self._threads.values())
            while held > _MOST_THREADED:
                held -= len(self._threads.popitem(last=False)[1].lines)

    def recall_quota(self, mailboxes: tuple[Mailbox, ...]) -> Quoted | None:
        """The quota, where it need not be asked for again while the mailboxes are these."""
        known = self.quota
        return known if known is not None and not self.quota_doubted and known.lasts(mailboxes) else None

    def keep_quota(self, quota: Quota | None, mailboxes: tuple[Mailbox, ...]) -> Quoted:
        """Remember the quota as it was told with these mailboxes."""
        kept = Quoted(quota, mailboxes)
        self.quota, self.quota_doubted = kept, False
        return kept

    def recall_listed(self, assigned: Mapping[Role, MailboxName]) -> tuple[Mailbox, ...] | None:
        """The mailboxes as they were listed last with counts, where roles were assigned to them in this way."""
        known = self.listed.get(True)
        return known.mailboxes if known is not None and known.assigned == assigned else None

    def recall_told(self, name: MailboxName, told: bytes) -> MailboxState | None:
        """The state of a mailbox, the same object, where the server told of it last in the very same octets."""
        known = self._told.get(name)
        return known[1] if known is not None and known[0] == told else None

    def keep_told(self, name: MailboxName, told: bytes, state: MailboxState) -> None:
        """Remember in which octets the server told of a state, where they are few."""
        if not 0 < len(told) <= _LONGEST_TOLD:
            return
        with self._lock:
            self._told[name] = told, state
            self._told.move_to_end(name)
            if len(self._told) > _MOST_TOLD:
                self._told.popitem(last=False)

    def remember_shown(self, name: MailboxName, uidvalidity: int) -> None:
        """Keep under which UIDVALIDITY messages were shown."""
        with self._lock:
            if name in self.shown or len(self.shown) < _MOST_NAMES:
                self.shown[name] = uidvalidity

    def remember_met(self, name: MailboxName, uidvalidity: int, uid: Uid) -> None:
        """Keep that a message is there now."""
        with self._lock:
            self._met[name, uid] = uidvalidity, time.monotonic()
            self._met.move_to_end((name, uid))
            if len(self._met) > _MOST_MET:
                self._met.popitem(last=False)

    def met(self, name: MailboxName, uid: Uid) -> int | None:
        """Under which UIDVALIDITY a message was there within the last seconds; None where that is not known."""
        uidvalidity, at = self._met.get((name, uid), (0, 0.0))
        return uidvalidity if uidvalidity and time.monotonic() - at < _JUST_NOW else None

    def forget_met(self) -> None:
        """Believe of no message any more that it is there."""
        with self._lock:
            self._met.clear()

    def write_name(self, name: str, utf8: bool) -> tuple[bytes, bytes]:
        """A mailbox's name as the server knows it, and the same as an argument. Raises BadName where it cannot be."""
        written = self._written.get((name, utf8))
        if written is None:
            with self._lock:
                raw = self.raw_names.get(name) or encode_name(name, utf8=utf8)
                if len(self._written) >= _MOST_WRITTEN:
                    self._written.clear()
                written = self._written[name, utf8] = raw, string(raw)
        return written

    def remember_name(self, name: str, raw: bytes, utf8: bool) -> None:
        """Keep a mailbox's octets where they cannot be made from its name."""
        if encode_name(name, utf8=utf8) != raw:
            with self._lock:
                if len(self.raw_names) < _MOST_NAMES:
                    self.raw_names[name] = raw
                    self._written.clear()
