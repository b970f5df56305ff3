"""The threads that answer: as few as are needed, and the one that was last at work first."""

import threading
from queue import SimpleQueue

from core.cli.threads import Threads


class Bell:
    """Work that says which thread does it, and takes until it is told to end."""

    def __init__(self) -> None:
        self.who: SimpleQueue[int] = SimpleQueue()
        self.end = threading.Event()

    def __call__(self) -> None:
        self.who.put(threading.get_ident())
        self.end.wait(60)


def until_free(threads: Threads, number: int) -> None:
    """Wait until so many threads have nothing to do."""
    free = threading.Event()
    while len(threads._free) < number:
        free.wait(0.001)


def test_one_thread_does_one_thing_after_the_other() -> None:
    threads, done = Threads(4), SimpleQueue[int]()
    for _ in range(3):
        threads.do(lambda: done.put(threading.get_ident()))
        until_free(threads, 1)
    assert len({done.get(timeout=60) for _ in range(3)}) == 1


def test_whichever_became_free_last_is_next() -> None:
    threads, first, second, third = Threads(4), Bell(), Bell(), Bell()
    threads.do(first)
    threads.do(second)
    second.end.set()
    until_free(threads, 1)
    first.end.set()
    until_free(threads, 2)
    threads.do(third)
    assert third.who.get(timeout=60) == first.who.get(timeout=60) != second.who.get(timeout=60)
    third.end.set()


def test_what_is_too_much_waits_for_a_thread() -> None:
    threads, bells = Threads(2), [Bell(), Bell(), Bell()]
    for bell in bells:
        threads.do(bell)
    taken = [bell.who.get(timeout=60) for bell in bells[:2]]
    assert bells[2].who.empty()
    bells[1].end.set()
    assert bells[2].who.get(timeout=60) == taken[1]
    bells[0].end.set()
    bells[2].end.set()


def test_threads_end_when_they_are_told_to_and_what_waits_is_not_begun() -> None:
    before = set(threading.enumerate())
    threads, bell, never = Threads(2), Bell(), Bell()
    threads.do(Bell.__init__.__get__(Bell()))
    until_free(threads, 1)
    threads.do(bell)
    threads.do(bell)
    threads.do(never)
    begun = set(threading.enumerate()) - before
    threads.shutdown()
    bell.end.set()
    for thread in begun:
        thread.join(60)
    assert len(begun) == 2 and not any(thread.is_alive() for thread in begun) and never.who.empty()
