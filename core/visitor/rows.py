"""Where sessions are kept between requests: what a row holds, and what every place for rows can do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class SessionRow:
    """What is kept of a session: hashes, times in whole seconds since 1970 (UTC), and what only its owner's keys open.

    `id` is the hash of what the browser's cookie refers to, `family` the session through all its renewals, `user_ref`
    the hash of the user's name. `blob` opens with the key in the browser's other cookie, `meta` with the user's own.
    """

    id: str
    family: str
    user_ref: str
    created: int
    renewed: int
    last_seen: int
    ends: int
    version: int
    blob: bytes = field(repr=False)
    meta: bytes | None = field(default=None, repr=False)


class SessionRows(Protocol):
    """A place for rows. Everything in it raises Unavailable where the place does not answer."""

    def find(self, id: str) -> SessionRow | None:
        """The row of an id."""
        ...

    def add(self, row: SessionRow) -> None:
        """Keep a new session's row."""
        ...

    def succeed(self, id: str, ends: int, row: SessionRow) -> bool:
        """Keep a renewed session's row and let the one before it end then; False where that one is gone."""
        ...

    def replace(self, id: str, old: int, new: int, blob: bytes, last_seen: int) -> bool:
        """Put a new version in the place of the old one; False where another request was faster."""
        ...

    def touch(self, id: str, last_seen: int) -> None:
        """Remember when a session was active last."""
        ...

    def drop_family(self, family: str) -> int:
        """Remove a session in every form its cookies had; how many rows there were."""
        ...

    def of_user(self, user_ref: str) -> tuple[SessionRow, ...]:
        """A user's rows, the oldest renewal first."""
        ...

    def times_of(self, families: Sequence[str]) -> tuple[tuple[str, int, int], ...]:
        """Of each row of some sessions its family, when it was active last, and when it ends."""
        ...

    def expire(self, now: int, idle: int) -> None:
        """Remove rows that ended before `now` or were active last before `idle`."""
        ...

    def close(self) -> None:
        """Close what is open towards the place."""
        ...
