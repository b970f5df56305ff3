"""One open stream to a tab: what it is told (the event streams of HTML, server-sent events), and who listens there."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from core import Outlet
from modules.imap.api import Account

LIVE, CHANGED, FLAGGED, ELSEWHERE = "live", "changed", "flagged", "elsewhere"
LOST, POLL, END = "lost", "poll", "end"

_BEAT = b":\n\n"
# A tab whose machine fell asleep is given up after so many milliseconds in which nothing of ours arrived.
_PATIENCE = 60_000


class TabGone(Exception):
    """The tab is closed, or takes no more."""


@dataclass(frozen=True)
class Listener:
    """Who listens: a user's session, the account whose mail it is about, and the last event that the tab heard of.

    `rest` is how long the session may go without activity, and `on_news` is called before a tab is told of changes.
    """

    user: str
    session: str
    rest: timedelta
    account: Account
    heard: str = ""
    on_news: Callable[[], None] = field(default=lambda: None, repr=False, compare=False)
    watched: tuple[str, str, bytes] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Note what this shares a waiting connection with: other tabs and sessions of the same user and credentials."""
        object.__setattr__(self, "watched", (self.user, self.account.name, self.account.proof))


class Tab:
    """A stream. Times are in seconds, of a clock that never goes back."""

    def __init__(self, outlet: Outlet, listener: Listener, *, ends: float, beats: float) -> None:
        self.listener = listener
        self.ends = ends
        self.beats = beats
        self._outlet = outlet
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            outlet.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _PATIENCE)

    def fileno(self) -> int:
        """What to wait for: it is readable where the tab is closed."""
        return self._outlet.connection.fileno()

    def tell(self, event: str, mark: str = "") -> None:
        """Tell of an event; `mark` is what the tab shows when it comes back. Raises TabGone."""
        lines = [f"id: {mark}"] if mark else []
        # Browsers pass over an event without data.
        self._send("\n".join([*lines, f"event: {event}", "data: 1", "", ""]).encode("ascii"))

    def beat(self) -> None:
        """Show that there is still somebody here. Raises TabGone."""
        self._send(_BEAT)

    def close(self, last: str = "") -> None:
        """End the stream, with a last event if there is one."""
        try:
            if last:
                self.tell(last)
            self._outlet.connection.send(self._outlet.end)
            self._outlet.connection.shutdown(socket.SHUT_WR)
        except (OSError, TabGone):
            pass
        self._outlet.connection.close()

    def _send(self, octets: bytes) -> None:
        framed = self._outlet.framed(octets)
        try:
            sent = self._outlet.connection.send(framed)
        except OSError as error:
            raise TabGone from error
        if sent != len(framed):
            # Events are small: what does not take one has not read for long. It comes back and says what it heard.
            raise TabGone
