"""What is worth remembering of one account between requests, as long as its session lasts; all of it can be lost."""

import threading
from array import array
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from modules.imap.kept import KeptMail
from modules.imap.names import encode_name
from modules.mail.api import Mailbox, MailboxName, MailboxState

_MOST_ORDERS = 12
_MOST_ORDERED = 500_000
_MOST_NAMES = 5000


@dataclass(frozen=True)
class Namespace:
    """Where new mailboxes go (RFC 2342): the personal prefix and the hierarchy delimiter, None where all is flat."""

    prefix: str = ""
    delimiter: str | None = "/"


@dataclass(frozen=True)
class Order:
    """UIDs in an order, the version of the mailbox in which they were found so, and its state then."""

    version: Hashable
    state: MailboxState
    uids: "array[int]"


@dataclass
class Memory:
    """One account's memory in one session; safe for several threads. What it gives out is never changed.

    `shown` holds under which UIDVALIDITY each mailbox's messages were shown last.
    """

    namespace: Namespace | None = None
    raw_names: dict[str, bytes] = field(default_factory=dict)
    kept: KeptMail = field(default_factory=KeptMail)
    shown: dict[MailboxName, int] = field(default_factory=dict)
    listed: "tuple[Hashable, tuple[Mailbox, ...]] | None" = None
    _orders: "OrderedDict[Hashable, Order]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def order(self, name: Hashable) -> Order | None:
        """The UIDs remembered under a name."""
        with self._lock:
            kept = self._orders.get(name)
            if kept is not None:
                self._orders.move_to_end(name)
            return kept

    def keep_order(self, name: Hashable, version: Hashable, state: MailboxState, uids: Sequence[int]) -> "array[int]":
        """Remember UIDs in their order; what was not asked for longest is forgotten."""
        kept = Order(version, state, array("I", uids))
        with self._lock:
            self._orders[name] = kept
            self._orders.move_to_end(name)
            held = sum(len(one.uids) for one in self._orders.values())
            while len(self._orders) > 1 and (len(self._orders) > _MOST_ORDERS or held > _MOST_ORDERED):
                held -= len(self._orders.popitem(last=False)[1].uids)
        return kept.uids

    def remember_shown(self, name: MailboxName, uidvalidity: int) -> None:
        """Keep under which UIDVALIDITY messages were shown."""
        with self._lock:
            if name in self.shown or len(self.shown) < _MOST_NAMES:
                self.shown[name] = uidvalidity

    def remember_name(self, name: str, raw: bytes, utf8: bool) -> None:
        """Keep a mailbox's octets where they cannot be made from its name."""
        if encode_name(name, utf8=utf8) != raw:
            with self._lock:
                if len(self.raw_names) < _MOST_NAMES:
                    self.raw_names[name] = raw
