"""A message whose form arrives twice is sent once, and no draft of it is kept that arrives meanwhile."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from modules.compose.uploads import Token

REMEMBERED = timedelta(days=7)
_SENT = b"sent"
# Behind that stands the UID of the draft that was kept last: a number of ten digits, nothing where it is not known.
_DIGITS = 10


class Attempt:
    """One try to send a composition, or to keep its draft; while it is held, every other try of the same waits."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

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
        told = os.pread(self._descriptor, _DIGITS, len(_SENT))
        return int(told) or None if len(told) == _DIGITS and told.isdigit() else None

    def keep_draft(self, uid: int | None) -> None:
        """Remember which draft was kept last: who sends may not have heard of it yet."""
        os.pwrite(self._descriptor, b"%0*d" % (_DIGITS, uid or 0), len(_SENT))


class SentOnce:
    """Which compositions were sent, by marks in a folder that all processes of this machine share."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now

    @contextmanager
    def attempt(self, user: str, token: Token) -> Iterator[Attempt]:
        """Try to send a composition or to keep its draft; waits while another try of the same is under way."""
        name = hashlib.blake2b(f"{user}\0{token}".encode(), digest_size=16).hexdigest()
        folder = self._folder / name[:2]
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._forget_old(folder)
        descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield Attempt(descriptor)
        finally:
            os.close(descriptor)

    def _forget_old(self, folder: Path) -> None:
        """Remove marks of compositions that nobody will send any more; one folder at a time is enough."""
        limit = (self._now() - REMEMBERED).timestamp()
        for mark in folder.iterdir():
            with suppress(FileNotFoundError):
                if mark.stat().st_mtime < limit:
                    mark.unlink()
