"""Bounds on what one input may cost: a process that takes more is ended, or says which input it was."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooSlow(Exception):
    """One input took longer than any may."""


def bound_memory(megabytes: int) -> None:
    """Let this process have so much memory and no more: beyond, MemoryError is raised."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1024 * 1024, megabytes * 1024 * 1024))


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TooSlow when what is within takes more of the processor's time than this."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow(f"took more than {seconds} s of the processor's time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
