"""Several workers at a real server: each request reaches the one that serves its session, however it comes."""

import base64
import hashlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from core.cli.reception import TOO_BUSY
from tests.core.cli.client import Client

WORKERS = 3


@contextmanager
def serving(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """A server of several workers, in a process group of its own, which waits long, but for what is named."""
    command = [sys.executable, "-m", "tests.core.cli.received", str(WORKERS), *arguments]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield server
    finally:
        if server.poll() is None:
            server.terminate()
            try:
                server.wait(timeout=60)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
        server.communicate()


def port_of(server: "subprocess.Popen[str]") -> int:
    """Where it listens, once it says so."""
    assert server.stdout is not None
    return int(server.stdout.readline().rpartition(":")[2])


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as server:
        yield port_of(server)
        server.terminate()
        said, complained = server.communicate(timeout=60)
        assert (server.returncode, said) == (0, "")
        assert sorted(complained.split("\n")) == ["", "opened 0", "opened 1", "opened 2"]


@pytest.fixture
def client(port: int) -> Iterator[Client]:
    with Client(port) as made:
        yield made


def token(place: int) -> bytes:
    """What looks like the reference of a session of this place."""
    claims = base64.urlsafe_b64encode(json.dumps({"jti": f"secret.{place}"}).encode()).rstrip(b"=")
    return b"head." + claims + b".signature"


def asks(place: int, body: bytes = b"", path: bytes = b"/") -> bytes:
    """A request of a session."""
    head = b"POST %s HTTP/1.1\r\nHost: here\r\nCookie: a=b; hm3_session=%s\r\nContent-Length: %d\r\n\r\n"
    return head % (path, token(place), len(body)) + body


def worker(answer: tuple[int, bytes]) -> int:
    """Which worker answered."""
    assert answer[0] == 200
    return int(answer[1].split()[3])


def test_each_session_is_served_by_its_worker_on_any_connection(port: int) -> None:
    for _ in range(5):
        with Client(port) as client:
            assert [worker(client.say(asks(place), apart=0).answer()) for place in (7, 8, 9)] == [1, 2, 0]


def test_one_connection_may_bring_requests_of_many_sessions(client: Client) -> None:
    places = [4, 5, 6, 5, 5, 4, 0, 4095]
    assert [worker(client.say(asks(place)).answer()) for place in places] == [place % 3 for place in places]


def test_requests_of_many_sessions_that_come_together_are_told_apart(client: Client) -> None:
    client.say(b"".join(asks(place, b"body %d" % place) for place in range(20)))
    for place in range(20):
        status, told = client.answer()
        assert worker((status, told)) == place % 3
        assert told.split()[2].decode() == hashlib.sha256(b"body %d" % place).hexdigest()


def test_a_program_is_served_by_the_worker_of_its_token(client: Client) -> None:
    for place in (1, 2, 3):
        shown = b"GET / HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer %s.key\r\n\r\n" % token(place)
        assert worker(client.say(shown).answer()) == place % 3


def test_the_address_of_who_asks_goes_along(client: Client) -> None:
    assert {client.say(asks(place)).answer()[1].split()[1] for place in range(3)} == {b"127.0.0.1"}


def test_a_head_in_pieces_reaches_its_worker(client: Client) -> None:
    octets = asks(8, b"tea")
    for length in (1, 40, 90):
        pieces = [octets[start : start + length] for start in range(0, len(octets), length)]
        assert worker(client.say(*pieces, apart=0.001).answer()) == 2


@pytest.mark.parametrize("length", [10, 70_000, 25_000_000])
def test_a_body_arrives_untouched_at_its_worker(client: Client, length: int) -> None:
    body = os.urandom(length)
    octets = asks(8, body)
    for place in (8, 9):
        told = client.say(octets[:50], octets[50:400], octets[400:]).answer()
        assert (worker(told), told[1].split()[2].decode()) == (2, hashlib.sha256(body).hexdigest())
        assert worker(client.say(asks(place)).answer()) == place % 3


def test_slow_senders_are_given_no_more_time_by_another_worker() -> None:
    with serving("head=8") as server, Client(port_of(server)) as client:
        begun = time.monotonic()
        assert client.say(asks(8, b"tea")[:-1]).answer()[0] == 408
        # Its eight seconds, and not as many again.
        assert time.monotonic() - begun < 15.5


def test_many_at_once_all_reach_their_workers(port: int) -> None:
    with ExitStack() as opened:
        clients = [opened.enter_context(Client(port)) for _ in range(60)]
        for place, client in enumerate(clients):
            client.say(asks(place), apart=0)
        assert [worker(client.answer()) for client in clients] == [place % 3 for place in range(60)]


def test_who_is_gone_before_the_other_worker_looks_harms_nobody(port: int) -> None:
    for place in range(30):
        with Client(port) as one:
            one.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            one.say(asks(place), apart=0)
    with Client(port) as client:
        assert [worker(client.say(asks(place)).answer()) for place in range(3)] == [0, 1, 2]


def test_a_worker_that_dies_is_replaced_and_requests_for_it_wait_or_are_refused_but_reach_no_other() -> None:
    with serving() as server:
        port = port_of(server)
        with Client(port) as client:
            killed = int(client.say(asks(1)).answer()[1].split()[4])
        with ExitStack() as opened:
            clients = [opened.enter_context(Client(port)) for _ in range(8)]
            for client in clients:
                assert worker(client.say(asks(0)).answer()) == 0
            os.kill(killed, signal.SIGKILL)
            for client in clients:
                client.say(asks(1), apart=0)
            answers = [client.answer() for client in clients]
        assert {int(told.split()[3]) for status, told in answers if status == 200} == {1}
        assert {int(told.split()[4]) for _, told in answers} != {killed}
        with Client(port) as client:
            assert [worker(client.say(asks(place)).answer()) for place in range(3)] == [0, 1, 2]


def test_where_a_worker_takes_nothing_for_a_while_requests_for_it_wait_and_others_do_not() -> None:
    with serving() as server, ExitStack() as opened:
        port = port_of(server)
        with Client(port) as client:
            stopped = int(client.say(asks(1)).answer()[1].split()[4])
        os.kill(stopped, signal.SIGSTOP)
        # So much fits into no letterbox.
        more = b"".join(b"X-More-%d: %s\r\n" % (number, b"x" * 8000) for number in range(5))
        clients = [opened.enter_context(Client(port)) for _ in range(40)]
        for client in clients:
            client.say(asks(1).replace(b"Host:", more + b"Host:"), apart=0)
        with Client(port) as other:
            assert [worker(other.say(asks(place)).answer()) for place in (0, 2)] == [0, 2]
        os.kill(stopped, signal.SIGCONT)
        answers = [client.answer() for client in clients]
        assert {status for status, _ in answers} <= {200, 503}
        assert {worker(one) for one in answers if one[0] == 200} == {1}


def test_requests_that_no_worker_takes_in_time_are_refused_in_words() -> None:
    with serving("head=5") as server, ExitStack() as opened, selectors.DefaultSelector() as answered:
        port = port_of(server)
        with Client(port) as client:
            stopped = int(client.say(asks(1)).answer()[1].split()[4])
        os.kill(stopped, signal.SIGSTOP)
        more = b"".join(b"X-More-%d: %s\r\n" % (number, b"x" * 8000) for number in range(5))
        clients = [opened.enter_context(Client(port)) for _ in range(40)]
        for client in clients:
            client.say(asks(1).replace(b"Host:", more + b"Host:"), apart=0)
            answered.register(client.sock, selectors.EVENT_READ, client)
        # Which of them find no room is for the other workers' threads to say; while theirs is stopped, none is served.
        refused = (503, TOO_BUSY[2].encode() + b"\n")
        first = [key.data for key, _ in answered.select(60)]
        assert first and [client.answer() for client in first] == [refused] * len(first)
        os.kill(stopped, signal.SIGCONT)
        others = [client.answer() for client in clients if client not in first]
        assert {worker(answer) for answer in others if answer != refused} == {1}


def test_what_cannot_be_passed_on_or_understood_harms_nobody() -> None:
    with serving() as server:
        port = port_of(server)
        with Client(port) as client:
            assert worker(client.say(asks(0, path=b"/wrong")).answer()) == 0
            assert [worker(client.say(asks(place)).answer()) for place in (0, 1, 2)] == [0, 1, 2]
        with Client(port) as client:
            assert worker(client.say(asks(0, path=b"/closed")).answer()) == 0
            assert client.say(asks(1)).answer() == (503, TOO_BUSY[2].encode() + b"\n")
        with Client(port) as client:
            assert worker(client.say(asks(0)).answer()) == 0


def test_a_hangup_replaces_all_workers_and_other_signals_change_nothing() -> None:
    with serving() as server:
        port = port_of(server)
        before = pids(port)
        for sign in (signal.SIGTTIN, signal.SIGTTOU, signal.SIGUSR2, signal.SIGHUP):
            os.kill(server.pid, sign)
        end = time.monotonic() + 120
        while (len(after := pids(port)) < WORKERS or after & before) and time.monotonic() < end:
            time.sleep(0.1)
        assert len(after) == WORKERS and not after & before
        server.terminate()
        assert "a signal does not change that" in server.communicate(timeout=60)[1]


def test_a_stop_leaves_no_process_behind() -> None:
    with serving() as server:
        running = pids(port_of(server))
        os.kill(server.pid, signal.SIGTERM)
        assert server.wait(timeout=60) == 0
        assert not [pid for pid in running if is_running(pid)]


def test_workers_end_when_whoever_started_them_is_killed() -> None:
    with serving() as server:
        running = pids(port_of(server))
        server.kill()
        end = time.monotonic() + 60
        while [pid for pid in running if is_running(pid)] and time.monotonic() < end:
            time.sleep(0.1)
        assert not [pid for pid in running if is_running(pid)]


def test_what_refuses_to_open_is_said_once() -> None:
    with serving("refuse") as server:
        said, complained = server.communicate(timeout=120)
        assert (server.returncode, said) == (1, "")
        assert complained.count("The data folder cannot be written.") == 1 and "Traceback" not in complained


def pids(port: int) -> set[int]:
    """The processes that answer now; one that is about to end hangs up on whoever said nothing yet."""
    found = set()
    for place in range(WORKERS):
        with suppress(ConnectionError), Client(port) as client:
            status, told = client.say(asks(place)).answer()
            found |= {int(told.split()[4])} if status == 200 else set()
    return found


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended; what has ended may still wait to be asked about."""
    try:
        with open(f"/proc/{pid}/stat") as told:
            return told.read().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
