"""The waiting connections: one for each user and account that tabs listen to, made anew with growing pauses."""

import dataclasses
import logging
import random
import secrets
import selectors
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Protocol

from core import Refusal, UpstreamError
from modules.events.paces import Paces
from modules.events.tabs import CHANGED, ELSEWHERE, FLAGGED, LIVE, LOST, POLL, Tab
from modules.imap.api import (
    Account,
    Compression,
    Idling,
    News,
    NoIdle,
    NoNotify,
    ServerGone,
    Unreachable,
    connect,
)

log = logging.getLogger("hm3.events")

Key = tuple[str, str, bytes]

_CONNECTING_AT_ONCE = 4
# Servers that users named may take their time, at the cost of nobody else's.
_CONNECTING_OUTSIDE = 2
_MOST_REFUSED = 10_000
_LONGEST_ANSWER = 15.0


class Tabs(Protocol):
    """Who knows how to tell tabs something, and how to close them."""

    def tell(self, tab: Tab, event: str, mark: str = "") -> None:
        """Tell a tab of an event; one that is gone is let go."""
        ...

    def drop(self, tab: Tab, last: str = "") -> None:
        """Close a tab's stream with a last event, and let it leave."""
        ...


class Watch:
    """What waits for news of one account."""

    def __init__(self, key: Key, account: Account, pause: float) -> None:
        self.key = key
        self.account = account
        self.tabs: set[Tab] = set()
        self.idling: Idling | None = None
        self.connecting = False
        # Whether to ask for news of other mailboxes than the inbox, too.
        self.widely = True
        self.pause = pause
        self.due = 0.0
        self.since = 0.0
        self.renewal = 0.0
        self.quiet_until = 0.0
        self.left = 0.0
        self.news = News.NOTHING
        self._epoch = secrets.token_hex(4)
        self._count = 0

    @property
    def mark(self) -> str:
        """What a tab heard of last. It means nothing to another connection than the one it was told by."""
        return f"{self._epoch}-{self._count}"

    def count(self) -> None:
        """Something happened."""
        self._count += 1


class Watches:
    """All of them. For the one thread that waits; only `connect` runs in others, which post what became of it."""

    def __init__(
        self,
        tabs: Tabs,
        selector: selectors.BaseSelector,
        post: Callable[[Callable[[], None]], bool],
        most: int,
        paces: Paces,
        clock: Callable[[], float],
    ) -> None:
        self._tabs = tabs
        self._selector = selector
        self._post = post
        self._most = most
        self._paces = paces
        self._clock = clock
        self._watches: dict[Key, Watch] = {}
        self._refused: dict[Key, float] = {}
        self._inside = ThreadPoolExecutor(_CONNECTING_AT_ONCE, "events-connect")
        self._outside = ThreadPoolExecutor(_CONNECTING_OUTSIDE, "events-connect-outside")

    def __len__(self) -> int:
        return len(self._watches)

    def join(self, tab: Tab) -> bool:
        """Let a tab hear of its account; False where nothing can wait for it."""
        key = tab.listener.watched
        watch = self._watches.get(key)
        if watch is None:
            if key in self._refused or not self._has_room():
                return False
            watch = self._watches[key] = Watch(key, tab.listener.account, self._paces.first_pause)
            self._connect(watch)
        watch.tabs.add(tab)
        if watch.idling is not None:
            self._tabs.tell(tab, LIVE)
            if tab.listener.heard != watch.mark:
                self._tabs.tell(tab, CHANGED, watch.mark)
        return True

    def leave(self, tab: Tab) -> None:
        """A tab listens no more; the connection follows the last one."""
        watch = self._watches.get(tab.listener.watched)
        if watch is not None:
            watch.tabs.discard(tab)
            watch.left = self._clock()

    def forget_left(self, key: Key) -> None:
        """End a connection without waiting for tabs that come back, as at a log-out."""
        watch = self._watches.get(key)
        if watch is not None and not watch.tabs:
            self._forget(watch)

    def tick(self) -> None:
        """Do what is due."""
        now = self._clock()
        for key in [key for key, until in self._refused.items() if until <= now]:
            del self._refused[key]
        for watch in list(self._watches.values()):
            if not watch.tabs and now - watch.left >= self._paces.linger:
                self._forget(watch)
            elif watch.idling is None:
                if not watch.connecting and now >= watch.due:
                    self._connect(watch)
            else:
                self._tend(watch, watch.idling, now)

    def close(self) -> None:
        """End every connection, and make no more."""
        for watch in list(self._watches.values()):
            self._forget(watch)
        for connectors in (self._inside, self._outside):
            connectors.shutdown(wait=False, cancel_futures=True)

    def _tend(self, watch: Watch, idling: Idling, now: float) -> None:
        if watch.news and now >= watch.quiet_until:
            self._spread(watch, now)
        if now < watch.renewal:
            return
        try:
            idling.renew()
        except ServerGone as error:
            self._lose(watch, error)
        else:
            # By then it has to be settled; after that there is time for the next one.
            watch.renewal = now + min(self._paces.settling, self._paces.renewal)

    def _hear(self, watch: Watch, idling: Idling) -> None:
        """Something can be read."""
        now = self._clock()
        was_settled = idling.is_settled
        try:
            watch.news |= idling.read()
        except ServerGone as error:
            self._lose(watch, error)
            return
        if idling.is_settled and not was_settled:
            watch.renewal = now + self._paces.renewal
        if watch.news and now >= watch.quiet_until:
            self._spread(watch, now)

    def _spread(self, watch: Watch, now: float) -> None:
        """Tell the tabs of news; what comes within a moment is told as one."""
        news, watch.news = watch.news, News.NOTHING
        watch.quiet_until = now + self._paces.apart
        watch.count()
        for event in _events_of(news):
            for tab in list(watch.tabs):
                self._tabs.tell(tab, event, watch.mark)

    def _connect(self, watch: Watch) -> None:
        watch.connecting = True
        connectors = self._outside if watch.account.server.outside else self._inside
        making = connectors.submit(_wait_for, watch.account, widely=watch.widely)
        making.add_done_callback(partial(self._connected, watch))

    def _connected(self, watch: Watch, made: "Future[Idling]") -> None:
        """In the thread that connected: hand over what became of it."""
        if not self._post(partial(self._take, watch, made)) and not made.cancelled() and made.exception() is None:
            made.result().close()

    def _take(self, watch: Watch, made: "Future[Idling]") -> None:
        watch.connecting = False
        error = made.exception()
        if self._watches.get(watch.key) is not watch:
            if error is None:
                made.result().close()
        elif error is None:
            self._begin(watch, made.result())
        elif isinstance(error, Unreachable | ServerGone) and not isinstance(error, NoIdle):
            watch.widely = watch.widely and not isinstance(error, NoNotify)
            self._pause(watch, error)
        else:
            self._refuse(watch, error)

    def _begin(self, watch: Watch, idling: Idling) -> None:
        now = self._clock()
        watch.idling, watch.since, watch.renewal = idling, now, now + self._paces.renewal
        self._selector.register(idling, selectors.EVENT_READ, partial(self._hear, watch, idling))
        for tab in list(watch.tabs):
            self._tabs.tell(tab, LIVE)
        # Nobody knows what happened before there was a connection.
        watch.news = News.MESSAGES
        self._spread(watch, now)

    def _lose(self, watch: Watch, error: ServerGone) -> None:
        was_good = self._clock() - watch.since >= self._paces.good
        if was_good:
            watch.pause = self._paces.first_pause
        # News of the inbox alone is better than a connection that breaks over all the others again and again.
        watch.widely = was_good and not isinstance(error, NoNotify)
        self._hang_up(watch)
        self._pause(watch, error)
        for tab in list(watch.tabs):
            self._tabs.tell(tab, LOST)

    def _pause(self, watch: Watch, error: BaseException) -> None:
        log.info("a waiting connection to %s broke: %s", watch.account.server.host, error)
        watch.due = self._clock() + watch.pause * random.uniform(0.75, 1.25)  # not all at once
        watch.pause = min(watch.pause * 2, self._paces.longest_pause)

    def _refuse(self, watch: Watch, error: BaseException) -> None:
        """Asking again at once would not help, and might lock the account: leave it alone for a while."""
        expected = isinstance(error, UpstreamError | Refusal)
        log.log(
            logging.INFO if expected else logging.ERROR,
            "no connection to %s waits for news: %s",
            watch.account.server.host,
            error,
            exc_info=None if expected else error,
        )
        if len(self._refused) >= _MOST_REFUSED:
            del self._refused[next(iter(self._refused))]
        self._refused[watch.key] = self._clock() + self._paces.refusal
        for tab in list(watch.tabs):
            self._tabs.drop(tab, POLL)
        self._forget(watch)

    def _has_room(self) -> bool:
        if len(self._watches) < self._most:
            return True
        left = next((watch for watch in self._watches.values() if not watch.tabs), None)
        if left is not None:
            self._forget(left)
        return left is not None

    def _forget(self, watch: Watch) -> None:
        self._hang_up(watch)
        if self._watches.get(watch.key) is watch:
            del self._watches[watch.key]

    def _hang_up(self, watch: Watch) -> None:
        if watch.idling is not None:
            self._selector.unregister(watch.idling)
            watch.idling.close()
            watch.idling = None


def _events_of(news: News) -> Iterator[str]:
    if News.MESSAGES in news:
        yield CHANGED
    elif News.FLAGS in news:
        yield FLAGGED
    if News.ELSEWHERE in news:
        yield ELSEWHERE


def _wait_for(account: Account, *, widely: bool) -> Idling:
    # Whoever waits here for long keeps others from connecting. So little comes that compressing it only costs memory.
    server = dataclasses.replace(
        account.server, read_timeout=min(account.server.read_timeout, _LONGEST_ANSWER), compression=Compression.OFF
    )
    return Idling(connect(server, account.credentials), widely=widely)
