"""The lock that several processes share: one holds it, others wait, and nobody's death holds it for ever."""

import os
import select
import socket

import pytest

from core.between import ProcessLock
from core.cli.crew import Crew
from core.errors import ConfigError


def test_who_waits_for_another_process_gives_signs_of_life_and_gets_it_in_the_end() -> None:
    lock, (ours, theirs) = ProcessLock(), socket.socketpair()
    child = os.fork()
    if child == 0:
        with lock.hold():
            theirs.send(b"held")
            select.select([theirs], [], [], 10)
        os._exit(0)
    assert ours.recv(10) == b"held"
    lives = []

    def live() -> None:
        lives.append(True)
        ours.send(b"let go")

    with lock.hold_soon(live):
        assert lives
    with lock.hold():
        assert os.waitpid(child, 0)[1] == 0


def test_a_lock_is_free_when_its_block_has_raised() -> None:
    lock = ProcessLock()
    for hold in (lock.hold, lock.hold_soon):
        with pytest.raises(ValueError), hold():
            raise ValueError("no reason")
    child = os.fork()
    if child == 0:
        with lock.hold():
            os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_a_system_that_passes_no_connections_on_serves_with_one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(93, "Protocol not supported")

    monkeypatch.setattr(socket, "socketpair", refuse)
    with pytest.raises(ConfigError, match=r"\[app\] workers: this system cannot pass connections on \(Protocol"):
        Crew(2)
    assert Crew(1).letterboxes == ()


def test_a_crew_is_complete_once() -> None:
    crew = Crew(2)
    said = []
    for worker in (1, 1, 0, 0, 1):
        crew.worker = worker
        said.append(crew.is_complete())
    assert said == [False, False, True, False, False]


def test_where_one_cannot_open_the_others_need_not_try() -> None:
    crew = Crew(2)
    with crew.opening(lambda: None) as worthwhile:
        assert worthwhile
    with pytest.raises(ConfigError), crew.opening(lambda: None):
        raise ConfigError("The data folder cannot be written.")
    with crew.opening(lambda: None) as worthwhile:
        assert not worthwhile
