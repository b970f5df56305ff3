"""The first UIDs of mailboxes' lists, remembered beyond sessions: for the first page after the next log-in."""

import threading
from array import array
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import partial

from modules.mail.api import MailboxName

MOST_UIDS = 500
_MOST_HEADS = 4000


@dataclass(frozen=True)
class Head:
    """The newest messages of a mailbox, the newest first; all others below `uidnext` come after them."""

    uidvalidity: int
    uidnext: int
    uids: "array[int]"


@dataclass
class Heads:
    """Heads by who logged in where, and by mailbox: numbers only, at most about 8 MB. For several threads.

    What was not asked for longest is forgotten.
    """

    _heads: "OrderedDict[tuple[object, MailboxName], Head]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, owner: object) -> "OwnHeads":
        """Those of one user of one mail server."""
        return OwnHeads(self, owner)

    def find(self, owner: object, mailbox: MailboxName) -> Head | None:
        """The head of a mailbox as it was last seen."""
        with self._lock:
            found = self._heads.get((owner, mailbox))
            if found is not None:
                self._heads.move_to_end((owner, mailbox))
            return found

    def keep(self, owner: object, mailbox: MailboxName, head: Head) -> None:
        """Remember a head."""
        with self._lock:
            self._heads[owner, mailbox] = head
            self._heads.move_to_end((owner, mailbox))
            if len(self._heads) > _MOST_HEADS:
                self._heads.popitem(last=False)


class OwnHeads:
    """The heads of one user."""

    def __init__(self, heads: Heads | None = None, owner: object = None) -> None:
        heads = heads if heads is not None else Heads()
        self.find = partial(heads.find, owner)
        self.keep = partial(heads.keep, owner)
