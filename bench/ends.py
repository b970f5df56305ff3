"""How a run begins and ends: with places for what comes of it, and with nothing left behind, whatever happens."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from bench.bare import BareFailed
from bench.browser import PageFailed
from bench.house import BenchFailed
from demo.processes import ProcessFailed


@contextmanager
def failing_kindly() -> Iterator[None]:
    """End what was started in its order, also when somebody ends the run; say what failed as BenchFailed."""
    # Only the first thread may say what signals do.
    first = threading.current_thread() is threading.main_thread()
    previous = {number: signal.signal(number, _end) for number in (signal.SIGTERM, signal.SIGHUP) if first}
    try:
        yield
    except (ProcessFailed, PageFailed, BareFailed, OSError, EOFError) as error:
        raise BenchFailed(str(error)) from error
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def see_that_it_can_be_kept(result: Path | None, seeds: Path | None = None) -> None:
    """Make the folder of the mailboxes, and try the file for the results. Raise BenchFailed where that fails."""
    try:
        if seeds is not None:
            seeds.mkdir(parents=True, exist_ok=True)
        if result is not None:
            was_there = result.exists()
            result.touch()
            if not was_there:
                result.unlink()
    except OSError as error:
        raise BenchFailed(f"Nothing can be kept in {error.filename}: {error.strerror}.") from error


def _end(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
