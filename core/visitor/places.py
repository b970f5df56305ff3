"""Which of several worker processes serves a user: told by their place, which the references of their sessions carry.

All sessions of a user are at one place, and a place belongs to one worker. So what a process remembers of a user is
remembered once: requests that were received, connections to the mail server, who waits for news, what was shown.
"""

import re
import zlib
from dataclasses import dataclass

PLACES = 4096
_MARK = "."
_MARKED = re.compile(r".{1,100}\.([0-9]{1,4})", re.ASCII)


@dataclass(frozen=True)
class Share:
    """The places that one of several workers serves. With one worker, that is all of them."""

    workers: int = 1
    worker: int = 0

    def has(self, place: int | None) -> bool:
        """Whether sessions of this place are served here; those without one are at home where there is one worker."""
        return self.workers == 1 or (place is not None and self.whose(place) == self.worker)

    def whose(self, place: int) -> int:
        """The worker that serves a place."""
        return place % self.workers


def place_of(user_ref: str) -> int:
    """The place of the user whose sessions are kept under this hash."""
    return zlib.crc32(user_ref.encode()) % PLACES


def mark(reference: str, place: int) -> str:
    """A reference that says its place."""
    return f"{reference}{_MARK}{place}"


def place_in(reference: str) -> int | None:
    """The place that a reference says; None where it is of a time when they said none."""
    found = _MARKED.fullmatch(reference)
    place = int(found[1]) if found else PLACES
    return place if place < PLACES else None
