"""The threads that answer: whichever became free last gets the next request, and no other wakes up for it."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

Work = Callable[[], None]


def _locked() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(eq=False)
class _Thread:
    """What a thread does next, and what it waits for until there is something."""

    work: Work
    turn: threading.Lock = field(default_factory=_locked)


class Threads:
    """At most so many threads, each begun when all others are at work. What is too much for them waits.

    Those that a burst needed stay for the next one. The work must not raise.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._begun = 0
        self._free: list[_Thread] = []
        self._waiting: deque[Work] = deque()
        self._lock = threading.Lock()
        self._over = False

    def do(self, work: Work) -> None:
        """Have a thread do this, at once if one is free or may begin."""
        with self._lock:
            if self._free:
                thread = self._free.pop()
                thread.work = work
                thread.turn.release()
            elif self._begun < self._most:
                self._begun += 1
                threading.Thread(target=self._run, args=(_Thread(work),), name="answering", daemon=True).start()
            else:
                self._waiting.append(work)

    def shutdown(self, wait: bool = False) -> None:
        """Let the threads end, each when it is done with what it does; nobody waits for that."""
        with self._lock:
            self._over = True
            self._waiting.clear()
            for thread in self._free:
                thread.turn.release()
            self._free.clear()

    def _run(self, thread: _Thread) -> None:
        while True:
            thread.work()
            with self._lock:
                if self._over:
                    return
                if self._waiting:
                    thread.work = self._waiting.popleft()
                    continue
                # Whatever it did is not to be kept for as long as it waits.
                thread.work = _nothing
                self._free.append(thread)
            thread.turn.acquire()


def _nothing() -> None:
    """What a free thread does."""
