"""The worker processes of one server: which of them a process is, and what they hold in common."""

import mmap
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from core.between import ProcessLock
from core.errors import ConfigError
from core.processors import keep_to_one
from core.visitor.places import Share

_FAILED = 0
_MOST_PROCESSORS = 1 << 16
# Room for some requests of the longest heads, or hundreds of usual ones; what finds none waits with whoever brings it.
_BUFFER = 400_000


@dataclass(frozen=True)
class Letterbox:
    """Where a worker gets connections from the others: both ends outlive it, and wait for the one after it."""

    slot: socket.socket
    inside: socket.socket

    @classmethod
    def make(cls) -> "Letterbox":
        """Raises ConfigError where a system cannot pass connections from process to process."""
        try:
            slot, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        except OSError as error:
            raise ConfigError(
                f"[app] workers: this system cannot pass connections on ({error.strerror}). Say workers = 1."
            ) from error
        for one in (slot, inside):
            one.setblocking(False)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        return cls(slot, inside)


@dataclass
class Crew:
    """The workers; made by the process that starts them. `worker` is which of them this process is.

    With `one_processor`, each keeps to one: workers of one server to different ones, and servers on one machine to
    whichever chance gives them.
    """

    workers: int = 1
    worker: int = 0
    one_processor: bool = False
    letterboxes: tuple[Letterbox, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Make what they share."""
        self.letterboxes = tuple(Letterbox.make() for _ in range(self.workers if self.workers > 1 else 0))
        self._lock = ProcessLock()
        self._first = secrets.randbelow(_MOST_PROCESSORS)
        self._notes = mmap.mmap(-1, self.workers + 1)

    @property
    def share(self) -> Share:
        """Whom this process serves."""
        return Share(self.workers, self.worker)

    def join(self, worker: int) -> None:
        """Become one of them, in the process that does, before it starts threads."""
        self.worker = worker
        if self.one_processor:
            keep_to_one(self._first + worker)

    @contextmanager
    def opening(self, sign_of_life: Callable[[], None]) -> Iterator[bool]:
        """One opens the site at a time, for it may begin with changes to the database.

        Given is whether there is any use in it: where one cannot, none can.
        """
        with self._lock.hold_soon(sign_of_life):
            try:
                yield not self._notes[_FAILED]
            except BaseException:
                self._notes[_FAILED] = 1
                raise

    def is_complete(self) -> bool:
        """This worker is ready. True for the one that is the last of all, once."""
        with self._lock.hold():
            known = sum(self._notes[1:])
            self._notes[1 + self.worker] = 1
            return known < sum(self._notes[1:]) == self.workers
