"""The threads that answer: whichever became free last gets the next request, and no other wakes up for it.

What computes is done a few at a time, in the order in which it came: many at once would take turns of some
milliseconds, and what came first would be done as late as what came last. What nobody sits and waits for lets others go
first, for a moment that is known when it comes, so that nothing waits for ever. What waits for somebody else keeps
nobody waiting: where the process hardly computes more is begun.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count

from core.processors import stand_in_line

Work = Callable[[], None]

# So many are begun at once. One computes at a time; the others wait for a mail server on the same machine meanwhile.
AT_ONCE = 6
# In seconds, how often it is looked for whether more can be begun, while something waits to be.
_TICK = 0.005
# A process that computes for less than this share of the time waits for others.
_IDLE = 0.25
# After so many seconds in which nothing was done to its end more is begun in any case.
STUCK = 0.1


def _locked() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(eq=False)
class _Thread:
    """What a thread does next, and what it waits for until there is something."""

    work: Work
    turn: threading.Lock = field(default_factory=_locked)


class _Line:
    """What waits, each with a moment: whatever has the earliest is next, and of two with the same what came first."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, Work]] = []
        self._numbers = count()

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return bool(self._waiting)

    def add(self, moment: float, work: Work) -> None:
        """Have something wait."""
        heappush(self._waiting, (moment, next(self._numbers), work))

    @property
    def next(self) -> Work:
        """What is next; something waits."""
        return self._waiting[0][2]

    def take(self) -> Work:
        """What is next, which waits no longer; something waits."""
        return heappop(self._waiting)[2]

    def clear(self) -> None:
        """Drop all of it."""
        self._waiting.clear()


def _at_once() -> float:
    return 0.0


class Threads:
    """At most so many threads, each begun when all others are at work. What is too much for them waits.

    `at_once` of them are at work, and more only while the process waits for others, as the processor time tells that it
    has `used`, in seconds, or after `stuck` seconds in which nothing was done. Threads that a burst needed stay for the
    next one. The work must not raise.
    """

    def __init__(
        self,
        most: int,
        at_once: int = AT_ONCE,
        used: Callable[[], float] = time.process_time,
        stuck: float = STUCK,
    ) -> None:
        self._most = most
        self._at_once = at_once
        self._used = used
        self._stuck = stuck
        self._begun = 0
        self._busy = 0
        self._done = 0
        self._free: list[_Thread] = []
        self._waiting = _Line()
        # A signal may end all of it within the very thread that holds this.
        self._lock = threading.RLock()
        self._some_wait = threading.Event()
        self._watched = False
        self._over = False

    def do(self, work: Work, deference: Callable[[], float] = _at_once) -> None:
        """Have a thread do this, at once if there are not too many at work.

        Where it has to wait it is asked for its `deference`, in seconds: what comes less than so much later goes first.
        """
        with self._lock:
            if self._busy < self._at_once and not self._waiting and self._start(work):
                return
            self._waiting.add(time.monotonic() + deference(), work)
            if not self._watched and not self._over:
                self._watched = _begin("ushering", self._watch)
            self._some_wait.set()

    @property
    def is_exhausted(self) -> bool:
        """Whether something waits though there may be no more threads and none is free."""
        return bool(self._waiting) and not self._free and self._begun >= self._most

    def shutdown(self, wait: bool = False) -> None:
        """Let the threads end, each when it is done with what it does; nobody waits for that."""
        with self._lock:
            self._over = True
            self._waiting.clear()
            for thread in self._free:
                thread.turn.release()
            self._free.clear()
        self._some_wait.set()

    def _start(self, work: Work) -> bool:
        """Have a free thread, or a new one, do it; whether there is one. The lock is held."""
        if self._free:
            thread = self._free.pop()
            thread.work = work
            thread.turn.release()
        elif self._begun < self._most and _begin("answering", partial(self._run, _Thread(work))):
            self._begun += 1
        else:
            return False
        self._busy += 1
        return True

    def _run(self, thread: _Thread) -> None:
        stand_in_line(self._leave, self._return)
        while True:
            thread.work()
            with self._lock:
                self._done += 1
                if self._over:
                    return
                if self._waiting and self._busy <= self._at_once:
                    thread.work = self._waiting.take()
                    continue
                self._busy -= 1
                # Whatever it did is not to be kept for as long as it waits.
                thread.work = _nothing
                self._free.append(thread)
            thread.turn.acquire()

    def _leave(self) -> None:
        """One that is at work computes elsewhere for a while: another is begun in its place."""
        with self._lock:
            self._busy -= 1
            if self._waiting and self._busy < self._at_once and self._start(self._waiting.next):
                self._waiting.take()

    def _return(self) -> None:
        with self._lock:
            self._busy += 1

    def _watch(self) -> None:
        """Begin more of what waits while those at work wait themselves."""
        done, since = 0, 0.0
        while True:
            if not self._some_wait.is_set():
                self._some_wait.wait()
                since = time.monotonic()
            used, began = self._used(), time.monotonic()
            time.sleep(_TICK)
            now, waited = time.monotonic(), self._used() - used < _IDLE * (time.monotonic() - began)
            if self._done != done:
                done, since = self._done, now
            with self._lock:
                if self._over:
                    return
                if not self._waiting:
                    self._some_wait.clear()
                elif waited or now - since > self._stuck:
                    self._start_some()

    def _start_some(self) -> None:
        """Begin as many as are begun at once. The lock is held."""
        for _ in range(self._at_once):
            if not self._waiting or not self._start(self._waiting.next):
                return
            self._waiting.take()


def _begin(name: str, does: Work) -> bool:
    """Begin a thread; whether the system has one. Where it has none, those that there are do what waits."""
    try:
        threading.Thread(target=does, name=name, daemon=True).start()
    except RuntimeError:
        return False
    return True


def _nothing() -> None:
    """What a free thread does."""
