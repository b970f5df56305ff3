"""The threads that answer: few, the one that was last at work first, and what computes in its order."""

import threading
from functools import partial
from queue import SimpleQueue

import pytest

from core.cli.threads import Threads
from core.processors import anywhere


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
    begun = set(threading.enumerate()) - before
    threads.do(never)
    threads.shutdown()
    bell.end.set()
    for thread in begun:
        thread.join(60)
    assert len(begun) == 2 and not any(thread.is_alive() for thread in begun) and never.who.empty()


class Processor:
    """The processor time of a process that computes all the time, or not at all."""

    def __init__(self, *, computes: bool) -> None:
        self._each = 10.0 if computes else 0.0
        self._used = 0.0

    def __call__(self) -> float:
        self._used += self._each
        return self._used


class Several:
    """Work of several numbers, which tells what is begun, and takes until it is told to end."""

    def __init__(self, threads: Threads, count: int) -> None:
        self.begun = SimpleQueue[int]()
        self.ends = [threading.Event() for _ in range(count)]
        for number in range(count):
            threads.do(partial(self._work, number))

    def _work(self, number: int) -> None:
        self.begun.put(number)
        self.ends[number].wait(60)

    def next(self, count: int) -> set[int]:
        """What is begun next."""
        return {self.begun.get(timeout=60) for _ in range(count)}

    def end(self) -> None:
        """Have all of it end."""
        for end in self.ends:
            end.set()


def test_what_computes_is_begun_a_few_at_a_time_in_its_order() -> None:
    threads = Threads(8, 2, Processor(computes=True), stuck=60)
    work = Several(threads, 5)
    assert work.next(2) == {0, 1}
    for number in range(2, 5):
        assert work.begun.empty()
        work.ends[number - 1].set()
        assert work.next(1) == {number}
    work.end()
    until_free(threads, 2)
    assert threads._begun == 2


def test_more_is_begun_while_those_at_work_wait_for_others() -> None:
    threads = Threads(5, 2, Processor(computes=False), stuck=60)
    work = Several(threads, 6)
    assert work.next(5) == {0, 1, 2, 3, 4}
    # No more than there are threads.
    assert work.begun.empty()
    work.ends[0].set()
    assert work.next(1) == {5}
    work.end()
    until_free(threads, 5)


def test_threads_that_take_for_ever_keep_nobody_waiting_though_something_computes() -> None:
    threads = Threads(3, 1, Processor(computes=True), stuck=0.01)
    work = Several(threads, 3)
    assert work.next(3) == {0, 1, 2}
    work.end()
    until_free(threads, 3)


def test_after_a_burst_a_few_are_at_work_again() -> None:
    processor = Processor(computes=False)
    threads = Threads(4, 2, processor, stuck=60)
    burst = Several(threads, 4)
    assert burst.next(4) == {0, 1, 2, 3}
    processor._each = 10.0
    later = Several(threads, 3)
    burst.ends[0].set()
    burst.ends[1].set()
    until_free(threads, 2)
    assert later.begun.empty()
    burst.ends[2].set()
    assert later.next(1) == {0}
    burst.end()
    assert later.next(1) == {1}
    later.end()
    assert later.next(1) == {2}
    until_free(threads, 4)


def test_what_computes_elsewhere_makes_place_for_another() -> None:
    threads = Threads(4, 1, Processor(computes=True), stuck=60)
    hashing, hashed, came_back = threading.Event(), threading.Event(), threading.Event()

    def log_in() -> None:
        hashing.wait(60)
        with anywhere():
            hashed.wait(60)
        came_back.set()

    threads.do(log_in)
    work = Several(threads, 2)
    assert work.begun.empty()
    hashing.set()
    assert work.next(1) == {0}
    hashed.set()
    # Who comes back goes on at once, and begins nothing else when it is done.
    assert came_back.wait(60)
    until_free(threads, 1)
    assert work.begun.empty()
    work.end()
    assert work.next(1) == {1}
    until_free(threads, 2)


def test_nothing_is_begun_after_the_end_and_nobody_is_left_to_begin_it() -> None:
    before = set(threading.enumerate())
    threads = Threads(4, 1, Processor(computes=True), stuck=60)
    work = Several(threads, 2)
    assert work.next(1) == {0}
    begun = set(threading.enumerate()) - before
    threads.shutdown()
    work.end()
    for thread in begun:
        thread.join(60)
    assert len(begun) == 2 and not any(thread.is_alive() for thread in begun) and work.begun.empty()


class NoThreads:
    """A system that has no more threads for a while, of these names."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
        self.asked = threading.Semaphore(0)
        self.none = True
        start = threading.Thread.start

        def refuse(thread: threading.Thread) -> None:
            if self.none and thread.name in names:
                self.asked.release()
                raise RuntimeError("can't start new thread")
            start(thread)

        monkeypatch.setattr(threading.Thread, "start", refuse)


def test_where_the_system_has_no_more_threads_those_there_are_do_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    threads, first, second = Threads(4, 2, Processor(computes=True), stuck=60), Bell(), Bell()
    threads.do(first)
    system = NoThreads(monkeypatch, "answering", "ushering")
    threads.do(second)
    first.end.set()
    assert second.who.get(timeout=60) == first.who.get(timeout=60)
    system.none = False
    work = Several(threads, 2)
    assert work.next(1) == {0}
    second.end.set()
    assert work.next(1) == {1}
    work.end()
    until_free(threads, 2)
    assert threads._begun == 2


def test_more_is_begun_as_soon_as_the_system_has_threads_again(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = Threads(4, 1, Processor(computes=False), stuck=60)
    blocks = Bell()
    threads.do(blocks)
    system = NoThreads(monkeypatch, "answering")
    work = Several(threads, 1)
    assert system.asked.acquire(timeout=60) and system.asked.acquire(timeout=60)
    assert work.begun.empty()
    system.none = False
    assert work.next(1) == {0}
    blocks.end.set()
    work.end()
    until_free(threads, 2)


def test_who_computes_elsewhere_goes_on_though_no_thread_takes_the_place(monkeypatch: pytest.MonkeyPatch) -> None:
    threads, leave, done = Threads(4, 1, Processor(computes=True), stuck=60), threading.Event(), threading.Event()

    def log_in() -> None:
        leave.wait(60)
        with anywhere():
            done.set()

    threads.do(log_in)
    NoThreads(monkeypatch, "answering")
    work = Several(threads, 1)
    leave.set()
    assert done.wait(60) and work.next(1) == {0}
    work.end()
    until_free(threads, 1)
    assert threads._busy == 0


def test_a_signal_ends_it_also_while_something_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    threads, work = Threads(4), Bell()
    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        if thread.name == "answering":
            threads.shutdown()
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    doing = threading.Thread(target=threads.do, args=(work,), daemon=True)
    doing.start()
    doing.join(10)
    assert not doing.is_alive()
    work.end.set()
