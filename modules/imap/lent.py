"""Connections that are kept, and the one that is lent."""

from collections.abc import Callable
from dataclasses import dataclass, field

from modules.imap.client import ImapConnection
from modules.imap.errors import ServerGone, ServerTroubled
from modules.imap.memory import Memory
from modules.imap.selected import Selected


@dataclass
class Kept:
    """A connection that is idle, when it was used last, and what it has selected since when."""

    connection: ImapConnection
    used: float
    selected: Selected | None
    since: float


@dataclass
class Shelf:
    """What one session has open for one account."""

    idle: list[Kept] = field(default_factory=list)
    lent: int = 0
    memory: Memory = field(default_factory=Memory)
    proof: bytes = b""
    touched: float = 0.0
    # Until when no connection is opened beside the one with what is shown, as the server takes no other.
    alone_until: float = 0.0

    def best(self, mailbox: bytes | None) -> Kept:
        """The one that was used last of those that have a mailbox selected, or of all."""
        for one in reversed(self.idle):
            selected = one.connection.selected
            if selected is not None and selected.raw_name == mailbox:
                return one
        return self.idle[-1]

    def give_way(self, mailbox: bytes | None, until: float) -> Kept | None:
        """What is idle, though it has open what is shown: until then the server takes no connection beside it."""
        self.alone_until = until
        kept = self.best(mailbox) if self.idle else None
        if kept is not None:
            self.idle.remove(kept)
        return kept

    def apart(self, mailbox: bytes, shown: bytes) -> Kept | None:
        """The one that has a mailbox selected, else the one used last that has not what is shown; None if none is."""
        found: Kept | None = None
        for one in self.idle:
            name = one.connection.selected.raw_name if one.connection.selected is not None else None
            if name == mailbox:
                return one
            if name != shown:
                found = one
        return found


class Lent:
    """A borrowed connection until this is left. It may be `new`, or news may have been `heard` on it for this loan."""

    def __init__(self, connection: ImapConnection, asked: int, new: bool, end: "Callable[[Lent], None]") -> None:
        """It had sent so many commands before it was `asked` for, and `end` takes it back."""
        self.connection = connection
        self.new = new
        self.heard = connection.asked > asked
        self.asked = asked
        # Seconds in which nobody waited for it.
        self.unused = 0.0
        self._end = end

    def __enter__(self) -> "Lent":
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ServerGone | ServerTroubled):
            # An answer that could be read but not understood: who knows what the next one belongs to.
            self.connection.broken = True
        self._end(self)
