"""Users who leave for good."""

from pathlib import Path

import flask
import pytest
from sqlalchemy import inspect, text

import modules.throttle.services
import modules.twofactor.handlers
import modules.twofactor.outputs
from modules.throttle.module import module as throttle
from modules.twofactor.module import module as twofactor
from tests.core.web.door import Browser
from tests.modules.security.house import House, open_house
from tests.modules.security.test_left_behind import begin_afresh, like
from tests.modules.security.test_security import make_code, settle, words
from tests.modules.twofactor.test_twofactor import arrive, set_up
from tests.modules.twofactor.test_twofactor import post as send

_USED = (modules.throttle, modules.twofactor)
ERASE = "/security/erase"


def erase(browser: Browser, **fields: str) -> flask.Response:
    return browser.post(ERASE, fields, token=browser.token(ERASE))


def rows(house: House) -> dict[str, int]:
    """How many rows each table has, where it has any."""
    with house.database.read() as connection:
        names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
        counted = {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names}
    return {name: number for name, number in counted.items() if number}


def test_everything_of_a_user_is_erased_and_they_are_logged_out(house: House) -> None:
    before = rows(house)
    settle(house)
    like(begin_afresh(house), "light")
    browser, _ = house.enter()
    make_code(browser, "new")
    assert erase(browser, password="new", name=" ADA ").location == "/erased"
    assert rows(house) == before
    assert browser.get("/security").location == "/login?next=%2Fsecurity"
    assert "stores nothing about you any more" in words(browser.get("/erased"))


def test_other_users_keep_what_they_have(house: House) -> None:
    bob = settle(house, "bob")
    erase(settle(house), password="old", name="ada")
    assert 'data-theme="dark"' in words(bob.get("/settings"))


def test_the_mailbox_is_not_touched_and_the_page_says_so(house: House) -> None:
    browser = settle(house)
    page = words(browser.get(ERASE))
    assert "Your mailbox is not touched" in page and "still count there" in page and "Delete my account" not in page
    erase(browser, password="old", name="ada")
    again, led = house.enter()
    assert led == "/mail/" and 'data-theme="automatic"' in words(again.get("/settings"))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"password": "wrong", "name": "ada"}, "is not your password"),
        ({"password": "old", "name": "eda"}, "is not your name here, which is ada"),
        ({"password": "old"}, "is not your name here"),
        ({}, "is not your name here"),
    ],
)
def test_it_has_to_be_meant(house: House, fields: dict[str, str], reason: str) -> None:
    browser = settle(house)
    answer = erase(browser, **fields)
    assert answer.status_code == 422 and reason in words(answer)
    assert f'name="name" value="{fields.get("name", "")}"' in words(answer)
    assert 'data-theme="dark"' in words(browser.get("/settings"))


def test_strangers_erase_nothing(house: House) -> None:
    browser = Browser(house.app.test_client())
    assert browser.post(ERASE, {"password": "old", "name": "ada"}).status_code == 401
    assert browser.get(ERASE).status_code == 303


def test_what_modules_keep_is_erased_too(tmp_path: Path) -> None:
    for house in open_house(tmp_path, throttle, twofactor):
        before = rows(house)
        app, _, _ = set_up(house)
        house.later(minutes=1)
        Browser(house.app.test_client()).log_in("ada", "wrong")
        browser = arrive(house)
        send(browser, "/login/code", "/login/code", code=app.code())
        assert {"twofactor_factors", "twofactor_codes", "throttle_attempts"} <= rows(house).keys()
        assert erase(browser, password="old", name="ada").status_code == 303
        # What an address did is not about its user.
        assert {name: number for name, number in rows(house).items() if name != "throttle_counts"} == before
