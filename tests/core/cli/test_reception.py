"""Slow senders at a real server: none holds a thread for long, and all of them together hold up nobody else."""

import hashlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from core.cli.arriving import Patience
from core.cli.calling import Caller
from core.cli.reception import Reception
from tests.core.cli.client import GET, HEAD, Client
from tests.core.cli.receptions import one_caller

NOTHING = hashlib.sha256().hexdigest()


@contextmanager
def serving(*shorter: str) -> Iterator[int]:
    """The port of a server that waits long, but for what is named."""
    command = [sys.executable, "-m", "tests.core.cli.received", "1", *shorter]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert server.stdout is not None
    said = server.stdout.readline()
    yield int(said.rpartition(":")[2])
    server.terminate()
    assert "Traceback" not in server.communicate(timeout=60)[1]
    assert server.returncode == 0


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a server with more patience than any test needs."""
    with serving() as port:
        yield port


@pytest.fixture
def client(port: int) -> Iterator[Client]:
    with Client(port) as made:
        yield made


@pytest.fixture(scope="module")
def hurried_port() -> Iterator[int]:
    """The port of a server with little patience for whoever has begun to say something."""
    with serving("head=2", "grace=1", "turn=1", "farewell=0.5") as port:
        yield port


@pytest.fixture
def hurried(hurried_port: int) -> Iterator[Client]:
    """A client of the hurried server."""
    with Client(hurried_port) as made:
        yield made


def test_a_head_in_pieces_is_put_together(client: Client) -> None:
    status, body = client.say(GET[:3], GET[3:20], GET[20:-1], GET[-1:]).answer()
    assert (status, body.split()[:3]) == (200, [b"/", b"127.0.0.1", NOTHING.encode()])


def test_one_connection_serves_one_request_after_the_other(client: Client) -> None:
    assert [client.say(GET).answer()[0] for _ in range(3)] == [200, 200, 200]


def test_a_short_answer_comes_in_one_piece(client: Client) -> None:
    octets = client.say(GET).sock.recv(65_536)
    head, _, body = octets.partition(b"\r\n\r\n")
    assert b"\r\nContent-Length: %d" % len(body) in head and NOTHING.encode() in body


def test_requests_that_come_together_are_answered_in_turn(client: Client) -> None:
    client.say(HEAD % (b"/a", 3) + b"abc" + HEAD % (b"/b", 3) + b"def" + GET)
    told = [client.answer()[1].split() for _ in range(3)]
    assert [one[0] for one in told] == [b"/a", b"/b", b"/"]
    assert told[1][2].decode() == hashlib.sha256(b"def").hexdigest()


def test_what_is_said_during_an_answer_waits_for_its_end(client: Client) -> None:
    client.say(GET.replace(b"/", b"/late", 1), GET, apart=0.05)
    assert [client.answer()[1].split()[0] for _ in range(2)] == [b"/late", b"/"]
    assert client.say(GET).answer()[0] == 200


def test_whoever_hangs_up_during_an_answer_harms_nobody(port: int, client: Client) -> None:
    with Client(port) as impatient:
        impatient.say(GET.replace(b"/", b"/late", 1))
    assert [client.say(GET).answer()[0] for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("length", [10, 70_000, 25_000_000])
def test_a_body_arrives_untouched(client: Client, length: int) -> None:
    body = os.urandom(length)
    status, told = client.say(HEAD % (b"/", length), body[: length // 2], body[length // 2 :]).answer()
    assert (status, told.split()[2].decode()) == (200, hashlib.sha256(body).hexdigest())


def test_a_body_in_chunks_arrives_untouched(client: Client) -> None:
    head = b"POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
    status, told = client.say(head, b"3\r\nabc\r\n", b"0\r\n\r\n").answer()
    assert (status, told.split()[2].decode()) == (200, hashlib.sha256(b"abc").hexdigest())


def test_who_waits_to_be_asked_for_the_body_is_asked(client: Client) -> None:
    head = b"POST / HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n"
    client.say(head)
    assert client.sock.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert client.say(b"abc").answer()[1].split()[2].decode() == hashlib.sha256(b"abc").hexdigest()


def test_a_head_that_is_not_complete_in_time_is_refused(hurried: Client) -> None:
    status, body = hurried.say(GET[:-2]).answer()
    assert (status, body, hurried.rest()) == (408, b"The request did not come in time.\n", b"")


def test_a_drop_now_and_then_gives_no_more_time(hurried: Client) -> None:
    drops = 0
    with pytest.raises(OSError):
        for octet in GET * 20:
            hurried.say(bytes([octet]) if octet not in b"\r\n" else b"a", apart=0.1)
            drops += 1
    # As many as fall in five times its time; a slow machine lets fewer of them fall.
    assert drops < 100


def test_a_head_without_end_is_refused(client: Client) -> None:
    status, _ = client.say(b"GET / HTTP/1.1\r\nHost: here\r\nA: " + b"a" * 70_000).answer()
    assert status == 431


@pytest.mark.parametrize("end", [b"x", b"\n"])
def test_a_head_of_spaces_keeps_nobody_busy(client: Client, end: bytes) -> None:
    head = b"GET / HTTP/1.1\r\nHost: here\r\nContent-Length: x" + b" " * 60_000 + end
    assert client.say(head, b"\r\n\r\n").answer()[0] in (400, 431)


def test_who_says_nothing_is_let_go_without_a_word() -> None:
    with serving("idle=0.5") as port, Client(port) as silent:
        assert silent.rest() == b""


def test_what_is_no_request_is_refused_by_the_server_that_reads_it(client: Client) -> None:
    assert client.say(b"\r\n\r\nHello\r\n\r\n").answer()[0] == 400


def test_a_small_body_that_does_not_come_in_time_is_refused(hurried: Client) -> None:
    assert hurried.say(HEAD % (b"/", 10), b"abc").answer()[0] == 408


def test_a_large_body_that_comes_too_slowly_is_refused_with_words_and_hung_up_on(hurried: Client) -> None:
    status, body = hurried.say(HEAD % (b"/", 500_000), b"a" * 1000).answer()
    assert (status, body[:24]) == (408, b"This came too slowly. Pl")


def test_a_large_body_that_comes_fast_enough_has_all_the_time_it_needs(hurried: Client) -> None:
    hurried.say(HEAD % (b"/", 300_000))
    # Longer than its grace, and far faster than it has to be.
    for _ in range(12):
        hurried.say(b"a" * 25_000, apart=0.1)
    assert hurried.answer()[0] == 200


def test_what_nobody_reads_of_a_slow_body_ends_the_connection_after_one_answer(hurried: Client) -> None:
    status, _ = hurried.say(HEAD % (b"/early", 500_000), b"a" * 1000).answer()
    assert (status, hurried.rest()) == (200, b"")


def test_slow_senders_of_all_kinds_hold_up_nobody(port: int) -> None:
    with ExitStack() as opened, selectors.DefaultSelector() as answered:
        for piece in (GET[:-2], HEAD % (b"/", 10), HEAD % (b"/", 9_000_000)) * 20:
            slow = opened.enter_context(Client(port)).say(piece, apart=0)
            answered.register(slow.sock, selectors.EVENT_READ)
        with Client(port) as client:
            assert client.say(GET, apart=0).answer()[0] == 200
        assert answered.select(0) == []


def test_large_bodies_wait_for_their_turn_and_no_longer_than_that() -> None:
    with serving("grace=4", "turn=0.5") as port, ExitStack() as slow:
        clients = [slow.enter_context(Client(port)) for _ in range(12)]
        for one in clients:
            one.say(HEAD % (b"/", 9_000_000), apart=0)
        assert {one.answer()[0] for one in clients} == {408, 503}


def test_a_large_body_gets_its_turn_when_another_is_done(port: int) -> None:
    with ExitStack() as opened:
        clients = [opened.enter_context(Client(port)) for _ in range(3)]
        for one in clients:
            one.say(HEAD % (b"/late", 70_000), apart=0)
        for one in clients:
            one.say(b"a" * 70_000, apart=0)
        assert [one.answer()[0] for one in clients] == [200, 200, 200]


def test_a_closing_connection_that_stays_open_holds_up_nobody(port: int) -> None:
    with ExitStack() as opened:
        for _ in range(5):
            gone = opened.enter_context(Client(port)).say(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            assert gone.answer()[0] == 200
        # Each of them is waited for longer than a client waits for its answer.
        assert opened.enter_context(Client(port)).say(GET, apart=0).answer()[0] == 200


def test_a_connection_that_breaks_halfway_harms_nobody(port: int) -> None:
    for piece in (b"", GET[:9], HEAD % (b"/", 9_000_000)):
        with Client(port) as one:
            one.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            one.say(piece)
    with Client(port) as client:
        assert client.say(GET).answer()[0] == 200


def test_more_connections_than_may_be_open_cost_those_who_say_nothing() -> None:
    command = [sys.executable, "-m", "tests.core.cli.received"]
    bound = "import os, resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); "
    bound += f"os.execv({command[0]!r}, {command!r})"
    with (
        subprocess.Popen([sys.executable, "-c", bound], stdout=subprocess.PIPE, text=True) as server,
        ExitStack() as opened,
    ):
        assert server.stdout is not None
        port = int(server.stdout.readline().rpartition(":")[2])
        for _ in range(120):
            opened.enter_context(Client(port))
        for _ in range(3):
            assert opened.enter_context(Client(port)).say(GET).answer()[0] == 200
        server.terminate()
        assert server.wait(timeout=60) == 0


def test_many_answered_connections_that_stay_open_are_let_go(port: int) -> None:
    with ExitStack() as opened:
        for _ in range(300):
            client = opened.enter_context(Client(port))
            assert client.say(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), apart=0).answer()[0] == 200


def test_a_connection_that_can_no_longer_be_listened_to_is_waited_for_by_nobody() -> None:
    config = Config()
    patience = Patience(idle=0)
    here, there = socket.socketpair()
    with socket.create_server(("127.0.0.1", 0)) as listener, here, there:
        reception = Reception(0, 0, [listener], SimpleNamespace(patience=patience), 30, config, Logger(config))
        reception.poller, reception.tpool = selectors.DefaultSelector(), SimpleNamespace(is_exhausted=False)
        reception.poller.close()
        with pytest.raises(ValueError):
            reception.begin(Caller(reception, here, ""), b"")
        # Whoever is waited for is out of time by now, and would be turned away.
        reception.murder_pending()
        reception.tmp.close()


def test_a_connection_that_is_kept_is_heard_all_the_time_and_one_that_says_too_much_is_not() -> None:
    with one_caller() as (reception, caller, there):
        there.sendall(GET)
        poller = reception.poller
        reception._hear(caller)
        assert not caller.awaited and caller.sock in poller.get_map()
        reception._hear(caller)
        assert caller.sock not in poller.get_map()
        caller.parser.unreader.take_buffered()
        assert reception._comes_again(caller)
        assert caller.awaited and caller.sock in poller.get_map()
        caller.close()


def test_the_time_of_a_large_body_runs_from_when_a_thread_takes_it() -> None:
    with one_caller() as (reception, caller, there):
        reception.method_queue.init()
        line: list[Callable[[], None]] = []
        reception.tpool.do = lambda work, deference: line.append(work)
        there.sendall(HEAD % (b"/", 500_000))
        reception._hear(caller)
        taken, began = time.monotonic(), []
        reception.handle = lambda conn: began.append(conn.parser.unreader._began)
        (work,) = line
        work()
        assert began[0] >= taken
        reception.method_queue.close()
        caller.close()


def test_a_stop_does_not_wait_for_those_who_say_nothing() -> None:
    command = [sys.executable, "-m", "tests.core.cli.received"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline().rpartition(":")[2])
        with Client(port) as silent, Client(port) as kept:
            assert kept.say(GET).answer()[0] == 200
            server.send_signal(signal.SIGTERM)
            assert (server.wait(timeout=60), silent.rest()) == (0, b"")


def test_whoever_says_nothing_is_let_go_as_soon_as_the_server_stops() -> None:
    config = Config()
    here, there = socket.socketpair()
    with socket.create_server(("127.0.0.1", 0)) as listener, here, there:
        reception = Reception(0, 0, [listener], SimpleNamespace(patience=Patience()), 30, config, Logger(config))
        reception.poller, reception.tpool = selectors.DefaultSelector(), SimpleNamespace(is_exhausted=False)
        reception.nr_conns = 1
        reception.begin(Caller(reception, here, ""), b"")
        reception.murder_pending()
        assert reception.nr_conns == 1
        reception.alive, reception._swept = False, 0.0
        reception.murder_pending()
        assert (reception.nr_conns, there.recv(1)) == (0, b"")
        reception.poller.close()
        reception.tmp.close()
