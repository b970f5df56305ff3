"""Access tokens that one request of a session just got, for the others that wait for them: in memory alone."""

import threading
from collections import OrderedDict

from core import Secret
from modules.oauth.module import module

_MOST = 2000
_LOCKS = 64


class Handover:
    """Hands new access tokens to the other requests of their session, and lets one of them at a time ask for one."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held: OrderedDict[tuple[str, str], tuple[Secret, float]] = OrderedDict()
        self._locks = tuple(threading.Lock() for _ in range(_LOCKS))

    def lock(self, owner: str, account: str) -> threading.Lock:
        """What one request at a time holds while it renews a token of an account."""
        return self._locks[hash((owner, account)) % _LOCKS]

    def give(self, session: str, account: str, token: Secret, ends: float) -> None:
        """Keep a session's token; `ends` is in seconds since 1970."""
        with self._guard:
            self._held[(session, account)] = (token, ends)
            self._held.move_to_end((session, account))
            while len(self._held) > _MOST:
                self._held.popitem(last=False)

    def take(self, session: str, account: str) -> tuple[Secret, float] | None:
        """A session's token, and when it ends."""
        with self._guard:
            return self._held.get((session, account))

    def drop(self, session: str, account: str) -> None:
        """Forget a session's token."""
        with self._guard:
            self._held.pop((session, account), None)

    def drop_session(self, session: str) -> None:
        """Forget the tokens of a session that ends."""
        with self._guard:
            for place in [place for place in self._held if place[0] == session]:
                del self._held[place]


@module.shared
def open_handover() -> Handover:
    """The tokens of this process."""
    return Handover()
