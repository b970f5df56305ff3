"""All open streams, held by one thread: it waits for mail servers and browsers alike and blocks for none."""

import contextlib
import logging
import random
import resource
import selectors
import socket
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from core import LivingSessions, Outlet, Unavailable
from modules.events.config import EventsConfig
from modules.events.paces import Paces
from modules.events.tabs import END, POLL, Listener, Tab, TabGone
from modules.events.watches import Watches

log = logging.getLogger("hm3.events")

# What the rest of the process may open besides.
_OTHER_FILES = 400


def open_hub(config: EventsConfig, living: LivingSessions) -> Iterator["Hub"]:
    """The streams of this process."""
    hub = Hub(config, living, Paces(beat=config.heartbeat.total_seconds()))
    yield hub
    hub.close()


class Hub:
    """Tells tabs of changes. `join`, `end_session` and `close` may be called by any thread."""

    def __init__(
        self,
        config: EventsConfig,
        living: LivingSessions,
        paces: Paces | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_of_user = int(config.streams_per_user)
        self._living = living
        self._paces = paces or Paces()
        self._clock = clock
        self._most, connections = _affordable(int(config.streams), int(config.connections))
        self._selector = selectors.DefaultSelector()
        self._near, self._far = socket.socketpair()
        self._near.setblocking(False)
        self._far.setblocking(False)
        self._selector.register(self._near, selectors.EVENT_READ, self._wake_up)
        self._watches = Watches(self, self._selector, self._post, connections, self._paces, clock)
        self._tabs: set[Tab] = set()
        self._places: Counter[str] = Counter()
        self._posted: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._threads: tuple[threading.Thread, ...] = ()

    def join(self, outlet: Outlet, listener: Listener) -> None:
        """Go on with a stream. A tab for which there is no room is told to ask as without streams."""
        now = self._clock()
        spread = random.uniform(1.0, 1.1)  # not all at once
        tab = Tab(outlet, listener, ends=now + self._paces.life * spread, beats=now + self._paces.beat)
        if not self._take_place(listener.user):
            tab.close(POLL)
        elif not self._post(partial(self._admit, tab)):
            self._leave_place(listener.user)
            tab.close()

    def end_session(self, session: str) -> None:
        """End the streams of a session that is over."""
        self._post(partial(self._end, session, END))

    def close(self) -> None:
        """End all streams and connections."""
        self._closing.set()
        self._wake()
        for thread in self._threads:
            thread.join(timeout=10)
        if not self._threads:
            self._shut()

    @property
    def waiting(self) -> tuple[int, int]:
        """How many tabs and how many connections wait now."""
        return len(self._tabs), len(self._watches)

    def tell(self, tab: Tab, event: str, mark: str = "") -> None:
        """Tell a tab of an event, of changes under a mark; one that is gone is let go.

        For the hub's own thread, as `drop` is.
        """
        if mark:
            tab.listener.on_news()
        try:
            tab.tell(event, mark)
        except TabGone:
            self.drop(tab)

    def drop(self, tab: Tab, last: str = "") -> None:
        """Close a tab's stream with a last event, and let it leave."""
        if tab not in self._tabs:
            return
        with self._lock:
            self._tabs.discard(tab)
        self._leave_place(tab.listener.user)
        self._selector.unregister(tab)
        self._watches.leave(tab)
        tab.close(last)

    def _take_place(self, user: str) -> bool:
        with self._lock:
            if self._places.total() >= self._most or self._places[user] >= self._most_of_user:
                return False
            self._places[user] += 1
            return True

    def _leave_place(self, user: str) -> None:
        with self._lock:
            self._places[user] -= 1
            if self._places[user] <= 0:
                del self._places[user]

    def _post(self, work: Callable[[], None]) -> bool:
        """Let the hub's thread do something; False where it does nothing any more."""
        with self._lock:
            if self._closing.is_set():
                return False
            self._start()
            self._posted.append(work)
        self._wake()
        return True

    def _start(self) -> None:
        # Not before they are needed: threads do not survive the fork of a worker process.
        if not self._threads:
            doing = {"events": self._run, "events-sessions": self._look_at_sessions}
            self._threads = tuple(threading.Thread(target=run, name=name, daemon=True) for name, run in doing.items())
            for thread in self._threads:
                thread.start()

    def _wake(self) -> None:
        # Where that fails it is awake as it is, or gone.
        with contextlib.suppress(OSError):
            self._far.send(b"!")

    def _wake_up(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._near.recv(4096)

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                for key, _ in self._selector.select(self._paces.step):
                    key.data()
                self._do_posted()
                self._watches.tick()
                self._tend_tabs()
        finally:
            # Should that ever fail, streams end and tabs ask as without them.
            self._shut()

    def _do_posted(self) -> None:
        while self._posted:
            self._posted.popleft()()

    def _shut(self) -> None:
        with self._lock:
            self._closing.set()
        self._do_posted()
        for tab in list(self._tabs):
            self.drop(tab)
        self._watches.close()
        self._selector.close()
        self._near.close()
        self._far.close()

    def _admit(self, tab: Tab) -> None:
        with self._lock:
            self._tabs.add(tab)
        # Whatever a browser sends while an answer is under way, or its end: it does not listen.
        self._selector.register(tab, selectors.EVENT_READ, partial(self.drop, tab))
        if not self._watches.join(tab):
            self.drop(tab, POLL)

    def _tend_tabs(self) -> None:
        now = self._clock()
        for tab in list(self._tabs):
            if now >= tab.ends:
                self.drop(tab)
            elif now >= tab.beats:
                tab.beats = now + self._paces.beat
                try:
                    tab.beat()
                except TabGone:
                    self.drop(tab)

    def _look_at_sessions(self) -> None:
        try:
            while not self._closing.wait(self._paces.sessions):
                with self._lock:
                    rests = {tab.listener.session: tab.listener.rest for tab in self._tabs}
                last = END
                try:
                    living = self._living.of(rests)
                except (Unavailable, SQLAlchemyError) as error:
                    log.warning("streams end, for nobody can tell whose sessions live: %s", error)
                    living, last = frozenset(), ""
                for session in rests.keys() - living:
                    self._post(partial(self._end, session, last))
        finally:
            self._closing.set()
            self._wake()

    def _end(self, session: str, last: str) -> None:
        for tab in [tab for tab in self._tabs if tab.listener.session == session]:
            self.drop(tab, last)
            self._watches.forget_left(tab.listener.watched)


def _affordable(streams: int, connections: int) -> tuple[int, int]:
    """So many streams and connections as this process may have files open, which it is allowed more of if it can."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = streams + connections + _OTHER_FILES
    if soft < wanted:
        more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        # Some sandboxes forbid it.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
            soft = more
    if soft >= wanted:
        return streams, connections
    half = max(0, soft - _OTHER_FILES) // 2
    return min(streams, half), min(connections, half)
