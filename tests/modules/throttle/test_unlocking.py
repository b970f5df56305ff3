"""Owners unlock their own name by their recovery code."""

import flask
import pytest

from tests.core.web.door import Browser
from tests.modules.security.house import House
from tests.modules.security.test_security import make_code, settle, words

UNLOCK = "/login/unlock"


def lock(house: House, name: str = "ada", address: str = "192.0.2.66") -> Browser:
    """A browser of a stranger who guessed until the name was locked."""
    stranger = Browser(house.app.test_client(), address)
    while stranger.log_in(name, "wrong").status_code != 429:
        pass
    return stranger


def locked_everywhere(house: House, name: str = "ada") -> None:
    for number in (66, 67):
        lock(house, name, f"192.0.2.{number}")


def unlock(browser: Browser, **fields: str) -> flask.Response:
    return browser.post(UNLOCK, fields, token=browser.token(UNLOCK))


def test_the_recovery_code_lets_the_owner_log_in_at_once(house: House) -> None:
    code = make_code(settle(house))
    locked_everywhere(house)
    owner = Browser(house.app.test_client(), "192.0.2.1")
    refused = owner.log_in("ada", "old")
    assert refused.status_code == 429 and UNLOCK in words(refused)
    assert unlock(owner, username=" Ada ", code=code.lower()).location == "/login/unlocked"
    assert "Your name is unlocked" in words(owner.get("/login/unlocked"))
    assert owner.get("/settings").status_code == 303
    assert owner.log_in("ada", "old").location == "/mail/"


def test_where_nothing_was_refused_nothing_is_offered(house: House) -> None:
    assert UNLOCK not in words(Browser(house.app.test_client()).get("/login"))


def test_known_and_unknown_locked_and_free_names_get_one_answer(house: House) -> None:
    make_code(settle(house))
    other = make_code(settle(house, "bob"))
    locked_everywhere(house)
    browser = Browser(house.app.test_client())
    answers = [unlock(browser, username=name, code=other) for name in ("ada", "nobody", "eve@example.org")]
    assert {answer.status_code for answer in answers} == {422}
    pages = [words(answer).split('name="csrf_token"')[1].split('">', 1)[1] for answer in answers]
    pages = [page.replace(name, "NAME") for page, name in zip(pages, ("ada", "nobody", "eve@example.org"), strict=True)]
    assert len(set(pages)) == 1 and "is not the recovery code of this name" in pages[0]
    assert browser.log_in("ada", "old").status_code == 429


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "The name</span> is missing"),
        ({"username": " ", "code": "x"}, "is missing"),
        ({"username": "ada", "code": ""}, "has 0 letters instead of 33"),
        ({"username": "ada", "code": "ABC"}, "has 3 letters instead of 33"),
    ],
)
def test_what_is_typed_wrong_is_told(house: House, fields: dict[str, str], reason: str) -> None:
    answer = unlock(Browser(house.app.test_client()), **fields)
    assert answer.status_code == 422 and reason.replace("</span>", "") in words(answer)
    assert f'value="{fields.get("username", "")}"' in words(answer) or not fields


def test_a_used_code_is_to_be_replaced_afterwards(house: House) -> None:
    code = make_code(settle(house))
    house.later(hours=1)
    browser = Browser(house.app.test_client())
    unlock(browser, username="ada", code=code)
    browser.log_in("ada", "old")
    assert "It was used since: make a new one." in words(browser.get("/security"))
