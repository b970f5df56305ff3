"""What several processes of one server hold in common: a lock that ends with whoever holds it."""

import fcntl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def _do_nothing() -> None:
    """Nobody waits for a sign of life."""


class ProcessLock:
    """Held by one thread of one process at a time. It is made before the processes part, and needs no name.

    The system lets it go where a process is killed that holds it.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it is held for as long as the processes run
        self._inside = threading.Lock()

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold it for as long as the block runs."""
        with self._inside:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    @contextmanager
    def hold_soon(self, sign_of_life: Callable[[], None] = _do_nothing) -> Iterator[None]:
        """The same for what takes long: whoever waits gives a sign of life all the while."""
        with self._inside:
            while not self._try():
                sign_of_life()
                time.sleep(0.05)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _try(self) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
        return True
