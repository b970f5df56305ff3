"""A message whose form arrives twice is sent once; no draft is kept that arrives as it is sent or thrown away."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from modules.compose.uploads import Token

REMEMBERED = timedelta(days=7)
# A save that was under way as its page was left arrives within seconds; who saves later goes on writing elsewhere.
LATE = timedelta(minutes=1)
_SENT = b"sent"
# Behind that stands the UID of the draft that was kept last: a number of ten digits, nothing where it is not known.
_DIGITS = 10
# And behind that the second in which it was thrown away, in as many digits.
_DISCARDED = len(_SENT) + _DIGITS


class Attempt:
    """One try to send, to keep as a draft or to throw away a composition; while it is held, others of the same wait."""

    def __init__(self, descriptor: int, now: datetime) -> None:
        self._descriptor = descriptor
        self._now = now

    @property
    def sent(self) -> bool:
        """Whether an earlier try handed the message in."""
        return os.pread(self._descriptor, len(_SENT), 0) == _SENT

    def mark_sent(self) -> None:
        """Remember that the message was handed in, even if this process ends the next moment."""
        os.pwrite(self._descriptor, _SENT, 0)
        os.fsync(self._descriptor)

    @property
    def draft(self) -> int | None:
        """The UID of the draft that was kept last, in the mailbox for drafts; None where it is not known."""
        return self._number(len(_SENT)) or None

    def keep_draft(self, uid: int | None) -> None:
        """Remember which draft was kept last: who sends may not have heard of it yet."""
        self._write_number(uid or 0, len(_SENT))

    @property
    def discarded(self) -> bool:
        """Whether it was thrown away so short a time ago that a draft which comes now was on its way before."""
        return abs(self._now.timestamp() - self._number(_DISCARDED)) < LATE.total_seconds()

    def mark_discarded(self) -> None:
        """Remember that it was thrown away: a save that is still on its way may come after that."""
        self._write_number(int(self._now.timestamp()), _DISCARDED)

    def _number(self, place: int) -> int:
        told = os.pread(self._descriptor, _DIGITS, place)
        return int(told) if len(told) == _DIGITS and told.isdigit() else 0

    def _write_number(self, number: int, place: int) -> None:
        os.pwrite(self._descriptor, b"%0*d" % (_DIGITS, number), place)


class SentOnce:
    """Which compositions were sent, by marks in a folder that all processes of this machine share."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now

    @contextmanager
    def attempt(self, user: str, token: Token) -> Iterator[Attempt]:
        """Try to send, keep or throw away a composition; waits while another try of the same is under way."""
        name = hashlib.blake2b(f"{user}\0{token}".encode(), digest_size=16).hexdigest()
        folder = self._folder / name[:2]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._forget_old(folder)
        descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield Attempt(descriptor, self._now())
        finally:
            os.close(descriptor)

    def _forget_old(self, folder: Path) -> None:
        """Remove marks of compositions that nobody will send any more; one folder at a time is enough."""
        limit = (self._now() - REMEMBERED).timestamp()
        for mark in folder.iterdir():
            with suppress(FileNotFoundError):
                if mark.stat().st_mtime < limit:
                    mark.unlink()
