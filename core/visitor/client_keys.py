"""The keys that a session's pages agreed on with the server, kept in the session's record."""

import json
from datetime import datetime

from core.input.values import Secret
from core.security.agreement import ClientKey
from core.visitor.session import Session

# Tabs share one key. Where a browser keeps nothing between tabs, each has its own; the oldest make room.
MOST_KEYS = 4
_PREFIX = "ajax."


class ClientKeys:
    """The client keys of one session. A key of the session before this one, of before a login, is none of it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, name: str) -> ClientKey | None:
        """The key of that name, if this session agreed on it."""
        kept = self._session.secrets.get(_PREFIX + name)
        record = json.loads(kept) if kept is not None else None
        if record is None or record["session"] != self._session.id:
            return None
        return ClientKey(name, bytes.fromhex(record["key"]))

    def add(self, key: ClientKey, now: datetime) -> None:
        """Keep a key; the session's oldest go, and those of a session before it."""
        record = {"key": key.key.hex(), "session": self._session.id, "made": now.isoformat()}
        self._session.keep(_PREFIX + key.id, Secret(json.dumps(record)))
        kept = {name: json.loads(value) for name, value in self._session.secrets.items() if name.startswith(_PREFIX)}
        own = [name for name, known in kept.items() if known["session"] == self._session.id]
        newest = sorted(own, key=lambda name: str(kept[name]["made"]))[-MOST_KEYS:]
        for name in kept.keys() - set(newest):
            self._session.forget(name)
