"""A connection that waits for news: what ends it."""

import threading
from collections.abc import Iterator

import pytest

from modules.imap.api import Idling, ServerGone, connect
from tests.modules.events.waiting import WaitingServer


@pytest.fixture
def server() -> Iterator[WaitingServer]:
    """A server that waits."""
    server = WaitingServer()
    yield server
    server.stop()


def wait_at(server: WaitingServer) -> Idling:
    account = server.account()
    return Idling(connect(account.server, account.credentials))


def test_the_inbox_is_opened_without_changing_anything(server: WaitingServer) -> None:
    wait_at(server).close()
    # What ends the waiting may not have come to the server yet.
    sent = [line.partition(b" ")[2] for line in server.lines]
    assert sent[sent.index(b'EXAMINE "INBOX"\r\n') :][:2] == [b'EXAMINE "INBOX"\r\n', b"IDLE\r\n"]
    assert not any(said.startswith(b"SELECT") for said in sent)


def test_a_server_that_ends_before_waiting_begins_is_gone() -> None:
    server = WaitingServer(begins=b"+ wai")
    threading.Timer(0.3, server.cut).start()
    with pytest.raises(ServerGone, match="ended the connection"):
        wait_at(server)
    server.stop()


def test_a_connection_that_broke_is_noticed_by_renewing_and_by_reading(server: WaitingServer) -> None:
    idling = wait_at(server)
    idling._socket.close()
    with pytest.raises(ServerGone, match="broke"):
        idling.renew()
    with pytest.raises(ServerGone, match="broke"):
        idling.read()
    idling.close()


def test_one_renewal_is_not_begun_before_the_last_was_answered() -> None:
    server = WaitingServer(ends=b"")
    idling = wait_at(server)
    idling.renew()
    assert not idling.is_settled
    with pytest.raises(ServerGone, match="not answer"):
        idling.renew()
    idling.close()
    server.stop()
