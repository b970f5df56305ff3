"""What nobody waits for lets others go first, for a moment, and what is half done goes before all of it."""

import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue

import pytest

from core.cli.threads import Threads
from core.cli.urgency import HALF_DONE, STEP, deference_of
from tests.core.cli.receptions import one_caller


def head(*lines: bytes) -> bytes:
    return b"\r\n".join((b"GET / HTTP/1.1", b"Host: mail.example", *lines, b"", b""))


@pytest.mark.parametrize(
    ("lines", "steps"),
    [
        ([], 0),
        ([b"Priority: u=5"], 2),
        ([b"priority:u=7, i"], 4),
        ([b"Priority: i, u=4;x=1"], 1),
        # What several lines say is one list, and the last of one name counts.
        ([b"Priority: u=7", b"PRIORITY: u=5"], 2),
        # Who is in a hurry gains nothing.
        ([b"Priority: u=0, i"], 0),
        ([b"Priority: u=3"], 0),
        # What makes no sense says nothing.
        ([b"Priority: u=8"], 0),
        ([b"Priority: u=-1"], 0),
        ([b"Priority: u=55"], 0),
        ([b"Priority: u"], 0),
        ([b"Priority: "], 0),
        ([b"Priority: \xff\x00,,u=5=,"], 0),
        ([b"X-Priority: u=7"], 0),
        ([b"X: Priority: u=7"], 0),
    ],
)
def test_only_who_is_patient_is_heard(lines: list[bytes], steps: int) -> None:
    assert deference_of(head(*lines)) == pytest.approx(steps * STEP)


def test_a_frame_goes_before_what_came_a_moment_earlier() -> None:
    assert deference_of(head(b"Sec-Fetch-Dest: iframe")) == HALF_DONE < 0
    assert deference_of(head(b"sec-fetch-dest:iframe ")) == HALF_DONE
    assert deference_of(head(b"Sec-Fetch-Dest: iframes")) == 0
    assert deference_of(head(b"Sec-Fetch-Dest: document")) == 0
    assert deference_of(head(b"Sec-Fetch-Dest: iframe", b"Priority: u=5")) == 2 * STEP


def test_a_head_of_one_long_line_is_soon_read() -> None:
    told = head(b"Priority:" + b" " * 30_000 + b"," * 30_000, b"Sec-Fetch-Dest:" + b"\t" * 5000)
    assert deference_of(told) == 0


class Order:
    """Work of one thread, in the order in which it is done; the first of it holds up the rest."""

    def __init__(self) -> None:
        self.threads = Threads(1, 1, stuck=60)
        self._done = SimpleQueue[str]()
        self._go = threading.Event()
        self.threads.do(self._hold)

    def _hold(self) -> None:
        self._go.wait(60)

    def add(self, name: str, deference: float) -> None:
        self.threads.do(partial(self._done.put, name), lambda: deference)

    def done(self, number: int) -> str:
        self._go.set()
        return "".join(self._done.get(timeout=60) for _ in range(number))


def test_what_waits_is_done_in_the_order_of_its_moments() -> None:
    order = Order()
    for name, deference in (("d", 60.0), ("b", 0.0), ("c", 0.0), ("e", 60.0), ("a", -60.0)):
        order.add(name, deference)
    assert order.done(5) == "abcde"


def test_nothing_waits_for_ever() -> None:
    order = Order()
    order.add("patient", 0.2)
    moment = threading.Event()
    moment.wait(0.25)
    for _ in range(3):
        order.add("!", 0.0)
    assert order.done(4) == "patient!!!"


def test_a_request_defers_as_its_head_says() -> None:
    with one_caller() as (reception, caller, there):
        told: list[float] = []

        def note(work: Callable[[], None], deference: Callable[[], float]) -> None:
            told.append(deference())

        reception.tpool.do = note
        there.sendall(head(b"Priority: u=5"))
        reception._hear(caller)
        assert told == [pytest.approx(2 * STEP)]
        caller.close()
