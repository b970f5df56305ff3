"""Which sessions still live: for what goes on after its request, such as a stream of events, and must end with them."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from core.visitor.rows import SessionRows


class LivingSessions:
    """Looks at sessions without their keys, and without keeping them awake."""

    def __init__(self, rows: SessionRows, now: Callable[[], datetime]) -> None:
        self._rows = rows
        self._now = now

    def of(self, sessions: Mapping[str, timedelta]) -> frozenset[str]:
        """Those of some sessions that have not ended, each given with how long it may rest.

        Raises Unavailable where that cannot be told.
        """
        if not sessions:
            return frozenset()
        now = int(self._now().timestamp())
        return frozenset(
            family
            for family, last_seen, ends in self._rows.times_of(tuple(sessions))
            if now < ends and now - last_seen <= sessions[family].total_seconds()
        )
