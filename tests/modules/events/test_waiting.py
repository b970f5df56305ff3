"""Waiting at mail servers that tell of changes, and at those that fail in every way."""

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core import tls
from modules.events.watches import Watch
from modules.imap.api import Idling
from tests.modules.events.streams import until
from tests.modules.events.waiting import HASTE, House, WaitingServer, open_house

BEGUN = ["live", "changed"]
WIDE = b"IMAP4rev1 IDLE NOTIFY AUTH=PLAIN"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A hub in haste."""
    with open_house(tmp_path) as house:
        yield house


@pytest.fixture
def server() -> Iterator[WaitingServer]:
    """A server that waits."""
    server = WaitingServer()
    yield server
    server.stop()


@pytest.fixture
def wide() -> Iterator[WaitingServer]:
    """A server that tells of other mailboxes, too."""
    server = WaitingServer(capability=WIDE)
    yield server
    server.stop()


def tell_at_once(house: House, server: WaitingServer, told: bytes) -> None:
    """Let the server say something while nothing is passed on, and then let all of it be passed on."""
    (watch,) = house.hub._watches._watches.values()
    before = idling_of(watch)._count
    server.tell(told)
    assert until(lambda: idling_of(watch)._count == before + len(told))
    assert house.hub._post(lambda: setattr(watch, "quiet_until", 0.0))


def idling_of(watch: Watch) -> Idling:
    assert watch.idling is not None
    return watch.idling


@pytest.mark.parametrize(
    ("told", "event"),
    [
        (b"* 4 EXISTS", "changed"),
        (b"* 2 EXPUNGE", "changed"),
        (b"* VANISHED 7", "changed"),
        (b"* 2 FETCH (FLAGS (\\Seen))", "flagged"),
        (b"* 4 EXISTS\r\n* 2 FETCH (FLAGS (\\Seen))", "changed"),
    ],
)
def test_whatever_changes_is_told(house: House, server: WaitingServer, told: bytes, event: str) -> None:
    tab = house.open(server.account())
    assert tab.events(2) == BEGUN
    server.tell(told + b"\r\n")
    assert tab.events(1) == [event]


@pytest.mark.parametrize(
    ("told", "events"),
    [
        (b"* STATUS Junk (MESSAGES 1)\r\n", ["elsewhere"]),
        (b"* STATUS Junk (MESSAGES 1)\r\n* 2 FETCH (FLAGS (\\Seen))\r\n", ["flagged", "elsewhere"]),
        (b"* 4 EXISTS\r\n* STATUS Junk (MESSAGES 1)\r\n", ["changed", "elsewhere"]),
    ],
    ids=["alone", "with-flags", "with-messages"],
)
def test_what_changes_elsewhere_is_told_beside_what_changes_here(
    tmp_path: Path, wide: WaitingServer, told: bytes, events: list[str]
) -> None:
    with open_house(tmp_path, replace(HASTE, apart=3600)) as house:
        tab = house.open(wide.account())
        assert tab.events(2) == BEGUN
        tell_at_once(house, wide, told)
        assert tab.events(len(events)) == events


def test_a_filter_that_files_hundreds_of_messages_is_told_of_once_a_moment(tmp_path: Path, wide: WaitingServer) -> None:
    with open_house(tmp_path, replace(HASTE, apart=3600)) as house:
        tab = house.open(wide.account())
        assert tab.events(2) == BEGUN
        tell_at_once(house, wide, b"* STATUS Lists (MESSAGES 7)\r\n" * 500)
        assert tab.events(1) == ["elsewhere"]
        house.hub.end_session("s1")
        assert b"elsewhere" not in tab.rest()


def test_a_server_that_overflows_is_waited_at_for_the_inbox_alone_from_then_on(
    tmp_path: Path, wide: WaitingServer
) -> None:
    # However good the connection was until then.
    with open_house(tmp_path, replace(HASTE, good=0)) as house:
        tab = house.open(wide.account())
        assert tab.events(2) == BEGUN
        wide.tell(b"* OK [NOTIFICATIONOVERFLOW] too much\r\n")
        assert tab.events(3) == ["lost", *BEGUN]
        wide.tell(b"* STATUS Junk (MESSAGES 1)\r\n* 4 EXISTS\r\n")
        assert tab.events(1) == ["changed"]
        assert (wide.connections, len(wide.commands(b"NOTIFY"))) == (2, 1)


def test_a_server_that_breaks_down_where_it_is_asked_for_all_mailboxes_is_not_asked_again(tmp_path: Path) -> None:
    server = WaitingServer(capability=WIDE, notifies=b"")
    with open_house(tmp_path) as house:
        assert house.open(server.account()).events(2) == BEGUN
    assert (server.connections, len(server.commands(b"NOTIFY"))) == (2, 1)
    server.stop()


@pytest.mark.parametrize(("good", "asked"), [(0, 2), (3600, 1)], ids=["after-long", "soon"])
def test_a_connection_that_broke_soon_is_made_anew_for_the_inbox_alone(
    tmp_path: Path, wide: WaitingServer, good: float, asked: int
) -> None:
    with open_house(tmp_path, replace(HASTE, good=good)) as house:
        tab = house.open(wide.account())
        assert tab.events(2) == BEGUN
        wide.cut()
        assert tab.events(3) == ["lost", *BEGUN]
        assert (wide.connections, len(wide.commands(b"NOTIFY"))) == (2, asked)


def test_what_changes_nothing_is_not_told(house: House, server: WaitingServer) -> None:
    tab = house.open(server.account())
    assert tab.events(2) == BEGUN
    server.tell(b"* OK still here\r\n* 3 RECENT\r\n* FLAGS (a)\r\n")
    time.sleep(0.3)
    house.hub.end_session("s1")
    assert tab.rest().count(b"event:") == 1


def test_many_changes_at_once_are_told_as_few(house: House, server: WaitingServer) -> None:
    tab = house.open(server.account())
    assert tab.events(2) == BEGUN
    server.tell(b"* 4 EXISTS\r\n" * 50)
    assert tab.events(1) == ["changed"]
    time.sleep(0.3)
    house.hub.end_session("s1")
    assert tab.rest().count(b"event: changed") <= 10


def test_a_connection_that_breaks_is_told_and_made_anew(house: House, server: WaitingServer) -> None:
    tab = house.open(server.account())
    assert tab.events(2) == BEGUN
    server.cut()
    assert tab.events(3) == ["lost", "live", "changed"]
    assert server.connections == 2


def test_pauses_grow_while_a_server_cannot_be_reached(tmp_path: Path) -> None:
    server = WaitingServer(greeting=b"")
    account = server.account()
    server.stop()
    with open_house(tmp_path) as house:
        house.open(account)
        assert until(lambda: house.hub.waiting == (1, 1))
        (watch,) = house.hub._watches._watches.values()
        assert until(lambda: watch.pause == HASTE.longest_pause)


@pytest.mark.parametrize(
    "server",
    [
        WaitingServer(capability=b"IMAP4rev1 AUTH=PLAIN"),
        WaitingServer(begins=b"TAG NO not now\r\n"),
        WaitingServer(examines=b"TAG NO none\r\n"),
        WaitingServer(capability=b"IMAP4rev1 LOGINDISABLED"),
    ],
    ids=["no-idle", "idle-refused", "no-inbox", "no-login"],
)
def test_who_has_a_server_that_does_not_wait_is_told_to_ask_and_it_is_left_alone(
    tmp_path: Path, server: WaitingServer
) -> None:
    with open_house(tmp_path) as house:
        assert house.open(server.account()).events(2) == ["poll"]
        asked = server.connections
        assert house.open(server.account()).events(2) == ["poll"]
        assert (server.connections, asked) == (1, 1)
    server.stop()


def test_after_a_while_a_refusal_is_forgotten_and_few_are_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modules.events.watches._MOST_REFUSED", 1)
    server = WaitingServer(begins=b"TAG NO not now\r\n")
    with open_house(tmp_path, replace(HASTE, refusal=3)) as house:
        assert house.open(server.account("ann")).events(2) == ["poll"]
        assert house.open(server.account("bob")).events(2) == ["poll"]
        assert len(house.hub._watches._refused) == 1
        assert until(lambda: not house.hub._watches._refused)
        server.begins = b"+ waiting\r\n"
        assert house.open(server.account("bob")).events(2) == BEGUN
    server.stop()


def test_waiting_is_renewed_before_anybody_gives_up(tmp_path: Path, server: WaitingServer) -> None:
    with open_house(tmp_path, replace(HASTE, renewal=0.15)) as house:
        tab = house.open(server.account())
        assert tab.events(2) == BEGUN
        assert until(lambda: server.lines.count(b"DONE\r\n") >= 2)
        server.tell(b"* 4 EXISTS\r\n")
        assert tab.events(1) == ["changed"]
        assert server.connections == 1


def test_a_server_that_does_not_answer_a_renewal_is_lost(tmp_path: Path) -> None:
    server = WaitingServer(ends=b"")
    with open_house(tmp_path, replace(HASTE, renewal=0.15)) as house:
        assert house.open(server.account(read_timeout=1)).events(3) == [*BEGUN, "lost"]
    server.stop()


@pytest.mark.parametrize(
    "told",
    [b"* BYE enough\r\n", b"what?\r\n", b"A1 OK done\r\n", b"x" * 100_000, b"* OK x\r\n" * 70_000],
    ids=["bye", "nonsense", "unasked-end", "endless-line", "endless-words"],
)
def test_a_server_that_speaks_nonsense_is_lost(tmp_path: Path, server: WaitingServer, told: bytes) -> None:
    with open_house(tmp_path, replace(HASTE, first_pause=60)) as house:
        tab = house.open(server.account())
        assert tab.events(2) == BEGUN
        server.tell(told)
        assert tab.events(1) == ["lost"]


def test_what_is_told_before_waiting_begins_does_no_harm(tmp_path: Path) -> None:
    server = WaitingServer(begins=b"* 4 EXISTS\r\n+ waiting\r\n* 5 EXISTS\r\n* 6 EX")
    with open_house(tmp_path) as house:
        tab = house.open(server.account())
        assert tab.events(2) == BEGUN
        server.tell(b"ISTS\r\n")
        assert tab.events(1) == ["changed"]
    server.stop()


def test_a_server_that_ends_where_waiting_would_begin_is_asked_again(tmp_path: Path) -> None:
    server = WaitingServer(begins=b"* BYE later\r\n")
    with open_house(tmp_path) as house:
        house.open(server.account())
        assert until(lambda: server.connections >= 2)
    server.stop()


def test_what_was_not_expected_is_told_to_the_admin_and_the_tab_asks(
    house: House, server: WaitingServer, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tls.TlsOptions(ca_file=Path("/nowhere/ca.pem"))
    account = server.account()
    account = replace(account, server=replace(account.server, options=broken, outside=False))
    with caplog.at_level(logging.INFO, "hm3.events"):
        assert house.open(account).events(2) == ["poll"]
    assert [one.levelname for one in caplog.records] == ["ERROR"]


def test_servers_of_users_are_connected_to_by_threads_of_their_own(house: House, server: WaitingServer) -> None:
    # What is not on the open net is refused to them.
    assert house.open(server.account(outside=True)).events(2) == ["poll"]
    assert server.connections == 0
