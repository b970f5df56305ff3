"""Tickets to the content host: each opens what belongs to one message, for a session that lives, and for a short while.

They are kept in the memory of this process alone. Whoever holds one is as good as the session it is of, for that one
message; so one is never told to anybody but the browser of that session.
"""

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.visitor.places import mark
from core.visitor.session import Session
from core.visitor.store import Cookies

# A ticket that nobody used for so long opens nothing any more.
LASTS = timedelta(minutes=10)
MOST_OF_A_SESSION, MOST_IN_ALL = 200, 50_000
_OCTETS = 24


@dataclass(frozen=True)
class Ticket:
    """What a ticket stands for: the session with this id, what it opens, and whether a person asked for that here.

    With it goes the time zone that the browser told where its cookies are read.
    """

    session: str
    scope: str
    asked_here: bool = False
    zone: ZoneInfo | None = None


@dataclass
class _Holder:
    """A session that has tickets: by which cookies it is opened, since when it has these, and its tickets' names."""

    cookies: Cookies = field(repr=False)
    renewed: datetime
    names: OrderedDict[Ticket, str] = field(default_factory=OrderedDict, repr=False)


class Tickets:
    """The tickets of this process. For several threads."""

    def __init__(self, of_a_session: int = MOST_OF_A_SESSION, in_all: int = MOST_IN_ALL) -> None:
        self._most = of_a_session, in_all
        self._lock = threading.Lock()
        self._holders: dict[str, _Holder] = {}
        # What each stands for and when it was used last, those that were not used for longest first.
        self._named: OrderedDict[str, tuple[Ticket, datetime]] = OrderedDict()

    def issue(
        self, ticket: Ticket, cookies: Cookies, renewed: datetime, now: datetime, place: int | None = None
    ) -> str:
        """The name of a ticket, the one it has already where it is still good; of too many the oldest go.

        The session is opened by these cookies, which it has since it was `renewed`. Its `place` stands in the name.
        """
        with self._lock:
            self._sweep(now)
            holder = self._holders.setdefault(ticket.session, _Holder(cookies, renewed))
            if renewed >= holder.renewed:
                # A request that was under way while they were renewed still shows those of before.
                holder.cookies, holder.renewed = cookies, renewed
            name = holder.names.get(ticket)
            if name is None:
                name = secrets.token_urlsafe(_OCTETS)
                name = name if place is None else mark(name, place)
                holder.names[ticket] = name
            self._use(name, ticket, now)
            of_a_session, in_all = self._most
            while len(holder.names) > of_a_session:
                self._drop(next(iter(holder.names.values())))
            while len(self._named) > in_all:
                self._drop(next(iter(self._named)))
        return name

    def find(self, name: str, now: datetime) -> tuple[Ticket, Cookies] | None:
        """What a ticket stands for, and the cookies of its session; None for one that is none, or was left too long."""
        with self._lock:
            self._sweep(now)
            found = self._named.get(name)
            if found is None:
                return None
            self._use(name, found[0], now)
            return found[0], self._holders[found[0].session].cookies

    def go_on(self, session: Session, cookies: Cookies, now: datetime) -> None:
        """Tickets go on with the session that they are of, whose cookies are new; not with another after a login."""
        if session.renewed:
            self.forget(session.id)
        else:
            self.follow(session.id, cookies, now)

    def follow(self, session: str, cookies: Cookies, now: datetime) -> None:
        """Go on with the new cookies of a session."""
        with self._lock:
            holder = self._holders.get(session)
            if holder is not None:
                holder.cookies, holder.renewed = cookies, now

    def forget(self, session: str) -> None:
        """Forget a session with all its tickets."""
        with self._lock:
            holder = self._holders.get(session)
            for name in list(holder.names.values()) if holder is not None else ():
                self._drop(name)

    def __len__(self) -> int:
        return len(self._named)

    def _use(self, name: str, ticket: Ticket, now: datetime) -> None:
        self._named[name] = ticket, now
        self._named.move_to_end(name)
        self._holders[ticket.session].names.move_to_end(ticket)

    def _sweep(self, now: datetime) -> None:
        while self._named and now - next(iter(self._named.values()))[1] > LASTS:
            self._drop(next(iter(self._named)))

    def _drop(self, name: str) -> None:
        ticket, _ = self._named.pop(name)
        holder = self._holders[ticket.session]
        del holder.names[ticket]
        if not holder.names:
            del self._holders[ticket.session]
