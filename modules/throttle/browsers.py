"""Browsers in which somebody logged in before: known by a signed mark, which each account has of its own."""

import hmac
import secrets
from datetime import datetime, timedelta

from core import crypto

# So many people may share a browser before those who came first are strangers in it.
MOST_ACCOUNTS = 6
_BETWEEN, _WITHIN = "~", "."


class Browsers:
    """Reads and writes the marks of browsers."""

    def __init__(self, key: bytes, lasts: timedelta) -> None:
        self._key = key
        self._lasts = lasts

    def known(self, marks: str, account: str, now: datetime) -> str | None:
        """What this browser is called among those that are known for the account; None where it is a stranger's."""
        return next((self._name(mark) for mark in marks.split(_BETWEEN) if self._is_for(mark, account, now)), None)

    def remember(self, marks: str, account: str, now: datetime) -> str:
        """The marks of a browser in which the account just logged in, the newest first. A known one keeps its name."""
        name = self.known(marks, account, now) or secrets.token_hex(16)
        made = str(int(now.timestamp()))
        mark = _WITHIN.join((name, made, self._sign(name, made, account)))
        others = [other for other in marks.split(_BETWEEN) if other and not self._is_for(other, account, now)]
        return _BETWEEN.join([mark, *others][:MOST_ACCOUNTS])

    def _is_for(self, mark: str, account: str, now: datetime) -> bool:
        name, made, signature = (*mark.split(_WITHIN), "", "", "")[:3]
        if not hmac.compare_digest(signature.encode(), self._sign(name, made, account).encode()):
            return False
        return now.timestamp() - int(made) <= self._lasts.total_seconds()

    def _sign(self, name: str, made: str, account: str) -> str:
        return crypto.lookup_hash(self._key, _WITHIN.join((name, made, account)))

    @staticmethod
    def _name(mark: str) -> str:
        return mark.partition(_WITHIN)[0]
