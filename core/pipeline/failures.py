"""Contributions that fail: left out of the page, counted, and switched off for a while when they keep failing."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_IN_A_ROW = 5
PAUSE = timedelta(minutes=5)


@dataclass(frozen=True)
class Failing:
    """One contribution that failed of late, for the admin: its last reason, and until when it is off."""

    module: str
    function: str
    in_a_row: int
    reason: str
    off_until: datetime | None


class Failures:
    """The count of failures in a row for each contribution, shared by all requests of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failing: dict[tuple[str, str], Failing] = {}
        # Whether any contribution failed and has not worked since. Every step of a request looks here.
        self.some = False

    def is_off(self, module: str, function: str, now: datetime) -> bool:
        """Whether a contribution is switched off just now."""
        failing = self._failing.get((module, function))
        return failing is not None and failing.off_until is not None and now < failing.off_until

    def failed(self, module: str, function: str, reason: str, now: datetime) -> Failing:
        """Count a failure; the fifth in a row switches the contribution off for five minutes."""
        with self._lock:
            before = self._failing.get((module, function))
            in_a_row = before.in_a_row + 1 if before else 1
            off_until = now + PAUSE if in_a_row >= MOST_IN_A_ROW else None
            failing = Failing(module, function, in_a_row, reason, off_until)
            self._failing[(module, function)] = failing
            self.some = True
            return failing

    def worked(self, module: str, function: str) -> None:
        """Forget the failures of a contribution that worked again."""
        if (module, function) in self._failing:
            with self._lock:
                self._failing.pop((module, function), None)
                self.some = bool(self._failing)

    def all(self) -> tuple[Failing, ...]:
        """Every contribution that failed and has not worked since."""
        return tuple(self._failing.values())
