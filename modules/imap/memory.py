"""What is worth remembering of one account between requests: sort orders, names, delimiters. Never mail itself."""

import threading
from array import array
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from modules.imap.names import encode_name

_MOST_ORDERS = 12
_MOST_NAMES = 5000


@dataclass(frozen=True)
class Namespace:
    """Where new mailboxes go (RFC 2342): the personal prefix and the hierarchy delimiter, None where all is flat."""

    prefix: str = ""
    delimiter: str | None = "/"


@dataclass
class Memory:
    """One account's memory in one session; safe for several threads."""

    namespace: Namespace | None = None
    raw_names: dict[str, bytes] = field(default_factory=dict)
    _orders: "OrderedDict[Hashable, tuple[Hashable, array[int]]]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def order(self, name: Hashable, version: Hashable) -> "array[int] | None":
        """The UIDs remembered under a name, if they were found in this version of the mailbox."""
        with self._lock:
            kept = self._orders.get(name)
            if kept is None or kept[0] != version:
                return None
            self._orders.move_to_end(name)
            return kept[1]

    def keep_order(self, name: Hashable, version: Hashable, uids: Sequence[int]) -> "array[int]":
        """Remember UIDs in their order; what was not asked for longest is forgotten."""
        kept = array("I", uids)
        with self._lock:
            self._orders[name] = (version, kept)
            self._orders.move_to_end(name)
            while len(self._orders) > _MOST_ORDERS:
                self._orders.popitem(last=False)
        return kept

    def remember_name(self, name: str, raw: bytes, utf8: bool) -> None:
        """Keep a mailbox's octets where they cannot be made from its name."""
        if encode_name(name, utf8=utf8) != raw:
            with self._lock:
                if len(self.raw_names) < _MOST_NAMES:
                    self.raw_names[name] = raw
