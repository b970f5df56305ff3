"""Cleaned texts of messages, kept in memory while their reader is logged in: a page and its frame clean none twice.

So are the styles that many messages of one sender have.

A text is only looked for after the mail store gave what it was cleaned from, so nothing is shown from here that the
store would not give, and what changed there is never shown as it was.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from sys import getsizeof
from typing import NamedTuple

from modules.mail.html import CleanHtml
from modules.mail.html.repeated import RepeatedStyles
from modules.mail.links import JudgedLink

# What one session may hold, and all of them together, in octets; a session is forgotten after so many seconds at rest.
MOST_OCTETS, MOST_TEXTS = 600_000, 40
MOST_IN_ALL = 64_000_000
AT_REST = 300.0
_OVERHEAD, _OF_A_LINK = 1000, 4000


@dataclass(frozen=True)
class Cleaned:
    """One text as it was cleaned, with what that found out about its links: how many, how many marked, and the lies."""

    clean: CleanHtml
    taken: int = 0
    marked: int = 0
    lies: tuple[JudgedLink, ...] = ()

    @property
    def octets(self) -> int:
        """About how much memory it takes."""
        words = (self.clean.body, self.clean.sheet, self.clean.body_style, *self.clean.notices, *self.clean.trackers)
        return _OVERHEAD + sum(map(getsizeof, words)) + _OF_A_LINK * len(self.lies)


class Shelf:
    """The cleaned texts of one session, by everything that their cleaning depends on. For several threads.

    `grown` is told how many octets more it holds, whenever these are more.
    """

    def __init__(
        self, octets: int = MOST_OCTETS, texts: int = MOST_TEXTS, grown: Callable[[int], None] | None = None
    ) -> None:
        self._most = (octets, texts)
        self._grown = grown
        self._told = 0
        self._texts: OrderedDict[Hashable, tuple[Cleaned, int]] = OrderedDict()
        self._lock = threading.Lock()
        self._held = 0
        self.styles = RepeatedStyles()
        self.touched = 0.0

    @property
    def held(self) -> int:
        """About how much memory it takes, in octets."""
        return self._held + self.styles.held

    def made(self, name: Hashable, make: Callable[[], Cleaned]) -> Cleaned:
        """The text of this name, which is made where it is not here; what was not asked for longest makes room."""
        with self._lock:
            found = self._texts.get(name)
            if found is not None:
                self._texts.move_to_end(name)
                return found[0]
        made = make()
        self._keep(name, made, made.octets)
        return made

    def __len__(self) -> int:
        return len(self._texts)

    def _keep(self, name: Hashable, made: Cleaned, octets: int) -> None:
        most, number = self._most
        with self._lock:
            # Another thread may have made the same meanwhile; a text that takes all the room is not worth it.
            if octets <= most // 2 and name not in self._texts:
                self._texts[name] = (made, octets)
                self._held += octets
                while self._held > most or len(self._texts) > number:
                    self._held -= self._texts.popitem(last=False)[1][1]
            # Styles came with it, too.
            before, self._told = self._told, self.held
            if self._grown is not None and self._told > before:
                self._grown(self._told - before)


class Owner(NamedTuple):
    """Whose texts: a session, and the user who is logged in there."""

    session: str
    user: str


@dataclass
class Shelves:
    """The shelves of this process: one for each session and user, in memory alone. Times are in seconds."""

    most: int = MOST_IN_ALL
    between_sweeps: float = 30.0
    clock: Callable[[], float] = time.monotonic
    _shelves: dict[Owner, Shelf] = field(default_factory=dict)
    # They never hold more: what all held when it was counted last, and what they grew by since.
    _at_most: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _closing: threading.Event = field(default_factory=threading.Event)
    _sweeper: threading.Thread | None = None

    def of(self, owner: Owner) -> Shelf:
        """The shelf of an owner. Where all hold too much, those who read nothing for longest lose theirs."""
        with self._lock:
            shelf = self._shelves.get(owner)
            if shelf is None:
                shelf = self._shelves[owner] = Shelf(grown=self._grow)
                self._start_sweeper()
            shelf.touched = self.clock()
            if self._at_most > self.most:
                self._make_room(owner)
        return shelf

    def forget(self, goes: Callable[[Owner], bool]) -> None:
        """Forget the texts of owners; what a request that is under way still adds to them is forgotten with it."""
        with self._lock:
            for owner in [owner for owner in self._shelves if goes(owner)]:
                del self._shelves[owner]

    def sweep(self) -> None:
        """Forget the texts of sessions at rest; a thread of its own does this all the time."""
        limit = self.clock() - AT_REST
        self.forget(lambda owner: self._shelves[owner].touched < limit)

    def close(self) -> None:
        """Forget everything."""
        self._closing.set()
        self.forget(lambda owner: True)
        if self._sweeper is not None:
            self._sweeper.join(timeout=10)

    def __len__(self) -> int:
        return len(self._shelves)

    def _grow(self, octets: int) -> None:
        with self._lock:
            self._at_most += octets

    def _make_room(self, owner: Owner) -> None:
        held = sum(one.held for one in self._shelves.values())
        oldest = sorted(self._shelves, key=lambda one: self._shelves[one].touched) if held > self.most else []
        while held > self.most and (other := oldest.pop(0)) != owner:
            held -= self._shelves.pop(other).held
        self._at_most = held

    def _start_sweeper(self) -> None:
        # Not before it is needed: a thread does not survive the fork of a worker process.
        if self._sweeper is None or not self._sweeper.is_alive():
            self._sweeper = threading.Thread(target=self._sweep_until_closed, name="mail-sweeper", daemon=True)
            self._sweeper.start()

    def _sweep_until_closed(self) -> None:
        while not self._closing.wait(self.between_sweeps):
            self.sweep()


def open_shelves() -> Iterator[Shelves]:
    """The cleaned texts of this process."""
    shelves = Shelves()
    yield shelves
    shelves.close()
