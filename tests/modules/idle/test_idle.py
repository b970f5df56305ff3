"""How long somebody stays logged in without doing anything."""

from collections.abc import Iterator
from pathlib import Path

import flask
import pytest

import modules.idle.with_preferences
from modules.idle.module import module as idle
from tests.core.web.door import Browser
from tests.modules.security.house import House, open_house

_USED = modules.idle.with_preferences


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A site whose own bound is two hours."""
    yield from open_house(tmp_path, idle)


def choose(browser: Browser, after: str) -> flask.Response:
    return browser.post("/settings/idle", {"after": after}, token=browser.token("/settings"))


def is_in(browser: Browser, **headers: str) -> bool:
    return browser.get("/settings", **headers).status_code == 200


def test_without_a_choice_the_site_decides(house: House) -> None:
    browser, _ = house.enter()
    house.later(minutes=119)
    assert is_in(browser) and 'data-idle="7200"' in browser.get("/settings").get_data(as_text=True)
    house.later(minutes=121)
    assert not is_in(browser)


def test_a_choice_holds_at_once_and_for_the_next_login(house: House) -> None:
    browser, _ = house.enter()
    assert choose(browser, "15").status_code == 303
    assert 'data-idle="900"' in browser.get("/settings").get_data(as_text=True)
    house.later(minutes=16)
    assert not is_in(browser)
    again, _ = house.enter()
    assert is_in(again)
    house.later(minutes=16)
    assert not is_in(again)
    assert house.enter("bob")[0].get("/settings").status_code == 200


def test_nobody_stays_longer_than_the_site_allows(house: House) -> None:
    browser, _ = house.enter()
    choose(browser, "480")
    house.later(minutes=121)
    assert not is_in(browser)


@pytest.mark.parametrize("after", ["0", "-1", "99999", "NaN", ""])
def test_no_other_time_can_be_chosen(house: House, after: str) -> None:
    assert choose(house.enter()[0], after).status_code == 422


def test_wrong_answers_of_somebody_switch_nothing_off(house: House, caplog: pytest.LogCaptureFixture) -> None:
    other, _ = house.enter("bob")
    assert [choose(other, "0").status_code for _ in range(6)] == [422] * 6
    assert "left out" not in caplog.text
    browser, _ = house.enter()
    choose(browser, "15")
    assert 'data-idle="900"' in browser.get("/settings").get_data(as_text=True)


def test_the_login_sets_the_clock_and_the_first_page_writes_nothing(house: House) -> None:
    choose(house.enter()[0], "15")
    browser, _ = house.enter()
    written: list[str] = []
    house.database.watch(lambda words: written.append(words.split()[0]), lambda: None)
    assert 'data-idle="900"' in browser.get("/settings").get_data(as_text=True)
    assert set(written) == {"SELECT"}


def test_another_choice_leaves_the_clock_alone(house: House) -> None:
    browser, _ = house.enter()
    choose(browser, "15")
    browser.post("/settings/look", {"theme": "dark"}, token=browser.token("/settings"))
    assert 'data-idle="900"' in browser.get("/settings").get_data(as_text=True)


def test_what_scripts_ask_by_themselves_is_no_activity(house: House) -> None:
    browser, _ = house.enter()
    choose(browser, "15")
    for _ in range(4):
        house.later(minutes=4)
        is_in(browser, **{"X-Hm3-Background": "1"})
    assert not is_in(browser)


def test_who_asks_to_stay_stays(house: House) -> None:
    browser, _ = house.enter()
    choose(browser, "15")
    token = browser.token("/settings")
    for _ in range(4):
        house.later(minutes=14)
        assert browser.post("/idle/stay", token=token, Accept="application/json").status_code == 200
    assert is_in(browser)
    house.later(minutes=16)
    assert browser.post("/idle/stay", token=token, Accept="application/json").status_code == 401


def test_the_row_of_a_session_that_ended_is_gone(house: House) -> None:
    browser, _ = house.enter()
    choose(browser, "15")
    house.later(minutes=16)
    is_in(browser)
    with house.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM core_sessions").scalar_one() == 0
