"""How much work one look may be: whoever has done so much gives back what was found by then."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds of the processor: less than the process has, which is then ended without a word.
MOST = 2.0
_AGAIN = 0.5


class Tired(BaseException):
    """So much work was done. No error of what is read, so that nobody who expects such takes it for one."""


@contextmanager
def bounded_work() -> Iterator[None]:
    """Raise Tired in the block once it was so much work."""
    before = signal.signal(signal.SIGPROF, _tire)
    try:
        # Once more after that: what is raised while something is thrown away is lost.
        signal.setitimer(signal.ITIMER_PROF, MOST, _AGAIN)
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _tire(*_: object) -> None:
    raise Tired
