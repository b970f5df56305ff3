"""Serving: where it listens, what it believes, and how it ends. With a real server."""

import errno
import gc
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.cli.server import address_of, listen, settle_memory, way_out
from core.errors import ConfigError
from core.ini.app import Bind


@contextmanager
def serving(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A server in a process group of its own; it is gone afterwards."""
    command = [sys.executable, "-m", "tests.core.cli.served", *arguments]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield server
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
        server.communicate()


def lines(server: subprocess.Popen[str], count: int) -> list[str]:
    """The next lines that a server says."""
    assert server.stdout is not None
    return [server.stdout.readline().rstrip() for _ in range(count)]


def test_the_site_is_opened_before_its_address_is_said_and_closed_at_the_end() -> None:
    with serving() as server:
        opened, address = lines(server, 2)
        assert opened == "opened"
        assert address.startswith("http://127.0.0.1:")
        server.terminate()
        assert server.communicate()[0].split() == ["closed", "cleaned", "up"]
        assert server.returncode == 0


def test_forwarded_headers_are_not_believed_by_the_server_itself() -> None:
    with serving() as server:
        _, address = lines(server, 2)
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
            assert answer.read() == b"http from 127.0.0.1"


def test_no_answer_names_the_server() -> None:
    with serving() as server:
        _, address = lines(server, 2)
        with urllib.request.urlopen(address) as answer:
            names = {name.lower() for name in answer.headers}
    assert "date" in names and not names & {"server", "x-powered-by", "via"}


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_server_with_an_open_stream_stops_all_the_same(stop: signal.Signals) -> None:
    with serving() as server:
        _, address = lines(server, 2)
        with urllib.request.urlopen(f"{address}/endless") as stream:
            assert stream.readline() == b"on and on\n"
            os.killpg(server.pid, stop)
            # The stream itself never ends.
            assert server.wait(timeout=60) == 0


def test_what_refuses_to_open_is_said_in_its_own_words_without_a_traceback() -> None:
    with serving("refuse") as server:
        said, complained = server.communicate(timeout=120)
        assert server.returncode == 1
        assert "The data folder cannot be written." in complained
        assert "Traceback" not in complained
        assert said == "cleaned up\n"


def test_a_port_in_use_is_told_with_a_way_out() -> None:
    with listen(Bind.parse("127.0.0.1:0")) as first:
        port = first.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port} is in use. Stop what uses it, or name another port"):
            listen(Bind.parse(f"127.0.0.1:{port}"))


def test_answers_do_not_wait_for_the_client_to_acknowledge_their_headers() -> None:
    with listen(Bind.parse("127.0.0.1:0")) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(ConfigError, match=r"192\.0\.2\.1 is not an address of this machine"):
        listen(Bind.parse("192.0.2.1:8300"))


def test_a_name_without_an_address_is_told() -> None:
    with pytest.raises(ConfigError, match=r"no-such-host\.invalid has no address"):
        listen(Bind.parse("no-such-host.invalid:8300"))


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EACCES, "port 80 is not for everyone. Take one above 1023, and let the proxy listen on 80."),
        (errno.ENOBUFS, "No buffer space available."),
    ],
)
def test_other_reasons_are_told_too(number: int, sentence: str) -> None:
    assert way_out(OSError(number, os.strerror(number)), Bind.parse("127.0.0.1:80")) == sentence


@pytest.mark.skipif(not socket.has_ipv6, reason="without IPv6 there is nothing to show")
def test_an_address_of_ipv6_is_shown_in_brackets() -> None:
    with listen(Bind.parse("[::1]:0")) as listener:
        assert address_of(listener) == f"http://[::1]:{listener.getsockname()[1]}"


def test_what_a_site_consists_of_is_not_searched_for_circles_again() -> None:
    before = gc.get_threshold()
    try:
        settle_memory()
        assert gc.get_freeze_count() > 10_000 and gc.get_threshold()[0] > before[0]
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
