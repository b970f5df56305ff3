"""Processors: what keeps to one, and what is let go from there."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

from core.processors import anywhere, keep_to_one

Found = TypeVar("Found")
ALL = os.sched_getaffinity(0)


def apart(work: Callable[[], Found]) -> list[Found]:
    """What a thread of its own finds, so that the tests' own stays where it is."""
    found: list[Found] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found


def test_each_number_leads_to_one_of_the_processors_and_all_are_used() -> None:
    def kept(number: int) -> frozenset[int]:
        def work() -> frozenset[int]:
            keep_to_one(number)
            return frozenset(os.sched_getaffinity(0))

        (found,) = apart(work)
        return found

    chosen = [kept(number) for number in range(len(ALL))]
    assert {len(one) for one in chosen} == {1}
    assert frozenset.union(*chosen) == ALL
    assert kept(len(ALL)) == chosen[0]


def test_threads_stay_where_the_one_was_that_started_them() -> None:
    def work() -> bool:
        keep_to_one(1)
        return apart(lambda: os.sched_getaffinity(0)) == [os.sched_getaffinity(0)]

    assert apart(work) == [True]


def test_work_and_programs_are_let_go_for_a_while() -> None:
    tell = [sys.executable, "-c", "import os; print(len(os.sched_getaffinity(0)))"]

    def work() -> tuple[int, str, int]:
        keep_to_one(0)
        with anywhere():
            inside = len(os.sched_getaffinity(0))
            told = subprocess.run(tell, capture_output=True, text=True, check=True).stdout.strip()
        return inside, told, len(os.sched_getaffinity(0))

    assert apart(work) == [(len(ALL), str(len(ALL)), 1)]
