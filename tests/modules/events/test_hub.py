"""The hub: which streams there may be, when they end, and when their connections do."""

import resource
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from core import Outlet
from modules.events.config import EventsConfig, WaitingCount
from modules.events.hub import Hub, open_hub
from modules.events.tabs import Listener, TabGone
from modules.events.tabs import Tab as OurTab
from tests.modules.events.streams import until
from tests.modules.events.waiting import HASTE, House, WaitingServer, open_house

BEGUN = ["live", "changed"]


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


def test_a_connection_waits_for_tabs_that_come_back_and_ends_after_that(tmp_path: Path, server: WaitingServer) -> None:
    # Long enough to be seen on any machine.
    with open_house(tmp_path, replace(HASTE, linger=5)) as house:
        tab = house.open(server.account())
        assert tab.events(2) == BEGUN
        tab.close()
        assert until(lambda: house.hub.waiting == (0, 1))
        assert until(lambda: house.hub.waiting == (0, 0))
        assert server.connections == 1


def test_a_connection_without_tabs_makes_room_for_another(tmp_path: Path, server: WaitingServer) -> None:
    config = EventsConfig(connections=WaitingCount(1))
    with open_house(tmp_path, replace(HASTE, linger=60), config) as house:
        first = house.open(server.account("ann"), "ann")
        assert first.events(2) == BEGUN
        assert house.open(server.account("bob"), "bob").events(2) == ["poll"]
        first.close()
        assert until(lambda: house.hub.waiting == (0, 1))
        assert house.open(server.account("bob"), "bob").events(2) == BEGUN


def test_a_stream_ends_after_its_life_so_that_its_tab_is_asked_who_it_is(tmp_path: Path, server: WaitingServer) -> None:
    with open_house(tmp_path, replace(HASTE, life=3, beat=0.1)) as house:
        told = house.open(server.account()).rest()
        assert told.count(b":\n\n") >= 1
        assert b"event: end" not in told


def test_a_session_that_is_no_more_ends_its_streams_alone(house: House, server: WaitingServer) -> None:
    gone, stays = house.open(server.account()), house.open(server.account(), session="s2")
    assert (gone.events(2), stays.events(2)) == (BEGUN, BEGUN)
    house.rows.drop_family("s1")
    assert gone.events(2) == ["end"]
    server.tell(b"* 4 EXISTS\r\n")
    assert stays.events(1) == ["changed"]


def test_streams_end_while_nobody_can_tell_whose_sessions_live(house: House, server: WaitingServer) -> None:
    tab = house.open(server.account())
    assert tab.events(2) == BEGUN
    with house.database.write() as connection:
        connection.execute(text("DROP TABLE core_sessions"))
    # It comes back by itself: nobody says that its session is over.
    assert tab.events(1) == []


def test_without_room_every_tab_is_told_to_ask(tmp_path: Path, server: WaitingServer) -> None:
    with open_house(tmp_path, config=EventsConfig(streams=WaitingCount(0))) as house:
        assert house.open(server.account()).rest() == b"event: poll\ndata: 1\n\n"
    assert server.connections == 0


def test_a_hub_that_is_closed_ends_every_stream_and_takes_no_more(tmp_path: Path, server: WaitingServer) -> None:
    with open_house(tmp_path) as house:
        tab = house.open(server.account())
        assert tab.events(2) == BEGUN
        house.hub.close()
        assert tab.events(1) == []
        assert house.open(server.account()).rest() == b""
        assert house.hub.waiting == (0, 0)


def test_what_connects_only_after_the_hub_was_closed_is_closed_as_well(tmp_path: Path) -> None:
    server = WaitingServer(greeting=b"")
    with open_house(tmp_path) as house:
        house.open(server.account())
        assert until(lambda: server.connections == 1)
        house.hub.close()
        server.tell(b"* OK ready\r\n")
        assert until(lambda: server.lines[-1:] == [b"END LOGOUT\r\n"])
    server.stop()


def test_what_connects_only_after_its_tab_has_left_is_closed_as_well(tmp_path: Path) -> None:
    server = WaitingServer(greeting=b"")
    with open_house(tmp_path) as house:
        house.open(server.account())
        assert until(lambda: server.connections == 1)
        house.hub.end_session("s1")
        assert until(lambda: house.hub.waiting == (0, 0))
        server.tell(b"* OK ready\r\n")
        assert until(lambda: server.lines[-1:] == [b"END LOGOUT\r\n"])
    server.stop()


def test_before_tabs_are_told_of_changes_whoever_remembers_the_mail_is(house: House, server: WaitingServer) -> None:
    noticed: list[str] = []
    house.on_news = lambda: noticed.append("news")
    tab = house.open(server.account())
    assert tab.events(2) == BEGUN
    assert noticed == ["news"], "what came before is not known, and being live is no news"


def test_a_tab_that_does_not_read_is_let_go(server: WaitingServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        browser = socket.create_connection(listening.getsockname())
        ours, _ = listening.accept()
    ours.setblocking(False)
    listener = Listener("ann", "s1", timedelta(hours=1), server.account())
    tab = OurTab(Outlet(ours, chunked=True), listener, ends=0, beats=0)

    def tell_for_ever() -> None:
        while True:
            tab.tell("changed", "x" * 30)

    with pytest.raises(TabGone):
        tell_for_ever()
    tab.close("end")
    browser.close()


def test_tabs_that_went_away_are_noticed_when_they_are_told_something(house: House, server: WaitingServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        browser = socket.create_connection(listening.getsockname())
        ours, _ = listening.accept()
    browser.close()
    ours.setblocking(False)
    house.hub.join(Outlet(ours, chunked=False), Listener("ann", "s1", timedelta(hours=1), server.account()))
    assert until(lambda: server.connections == 1 and house.hub.waiting == (0, 0))


@pytest.mark.parametrize("told", [True, False], ids=["an-event", "a-beat"])
def test_tabs_that_take_no_more_are_let_go(house: House, server: WaitingServer, told: bool) -> None:
    tab = house.open(server.account())
    assert tab.events(2) == BEGUN
    (ours,) = house.hub._tabs

    def fill_and_tell() -> None:
        for octets in (b"x" * 65536, b"x"):
            with suppress(BlockingIOError):
                while True:
                    ours._outlet.connection.send(octets)
        ours.beats = 0
        # Once more: it is gone already.
        for _ in range(2):
            house.hub.tell(ours, "changed") if told else house.hub._tend_tabs()

    assert house.hub._post(fill_and_tell)
    assert until(lambda: house.hub.waiting[0] == 0)


def test_a_connection_that_was_good_for_long_is_made_anew_soon(tmp_path: Path, server: WaitingServer) -> None:
    with open_house(tmp_path, replace(HASTE, good=0)) as house:
        tab = house.open(server.account())
        assert tab.events(2) == BEGUN
        for _ in range(4):
            server.cut()
            assert tab.events(3) == ["lost", "live", "changed"]
        (watch,) = house.hub._watches._watches.values()
        assert watch.pause == 2 * HASTE.first_pause


def test_who_joins_a_connection_is_told_what_others_know_already(house: House, server: WaitingServer) -> None:
    first = house.open(server.account())
    assert first.events(2) == BEGUN
    (watch,) = house.hub._watches._watches.values()
    assert house.open(server.account()).events(2) == BEGUN
    second = house.open(server.account(), heard=watch.mark)
    assert second.events(1) == ["live"]
    house.hub.end_session("s1")
    assert second.events(1) == ["end"]


def test_a_hub_takes_as_much_as_the_process_may_have_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda kind, limits: asked.append(limits))
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (500, 600))
    with open_house(tmp_path) as house:
        assert (house.hub._most, house.hub._watches._most) == (100, 100)
    assert asked == [(600, 600)]


def test_the_shared_hub_is_closed_with_the_process(tmp_path: Path, server: WaitingServer) -> None:
    with open_house(tmp_path) as house:
        opened = open_hub(EventsConfig(heartbeat=timedelta(seconds=7)), house.hub._living)
        hub = next(opened)
        assert isinstance(hub, Hub) and hub._paces.beat == 7
        assert next(opened, None) is None
        assert not hub._post(lambda: None)


def test_hearts_do_not_race() -> None:
    with pytest.raises(ValueError, match="one second at least"):
        EventsConfig(heartbeat=timedelta(milliseconds=1))
