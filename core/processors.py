"""On which processors a process computes: a worker keeps to one, what takes long by itself goes where there is room.

Python computes on one processor at a time. Threads that take turns on several carry everything they know from one to
another each time, and wait for each other to wake up.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator


class _This(threading.local):
    """What this thread belongs to."""

    go: Callable[[], object] | None = None
    come: Callable[[], object] | None = None


_this = _This()


def stand_in_line(go: Callable[[], object], come: Callable[[], object]) -> None:
    """Have it told when this thread goes and computes elsewhere, so that others may take its place, and comes back."""
    _this.go, _this.come = go, come


def keep_to_one(number: int) -> None:
    """Have this thread, and those that it starts, compute on one of the processors that they may use.

    The number says on which; where the system does not let anybody choose, nothing changes.
    """
    if sys.platform != "linux":
        return
    allowed = sorted(os.sched_getaffinity(0))
    # Whoever runs hm3 may have forbidden the call. It then computes where there is room, as ever.
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, {allowed[number % len(allowed)]})


@contextlib.contextmanager
def anywhere() -> Iterator[None]:
    """Let this thread, and programs that it starts, compute wherever the process above this one may.

    What it does must leave the interpreter to others. Of those who wait in line one goes on meanwhile.
    """
    go, come = _this.go, _this.come
    if go is None or come is None:
        with _unbound():
            yield
        return
    go()
    try:
        with _unbound():
            yield
    finally:
        come()


@contextlib.contextmanager
def _unbound() -> Iterator[None]:
    if sys.platform != "linux":
        yield
        return
    before = os.sched_getaffinity(0)
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, before | os.sched_getaffinity(os.getppid()))
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, before)
