"""Users who log in without a password: what others show by theirs, they show by having logged in just now."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import modules.keys.handlers
import modules.keys.outputs
import modules.twofactor.handlers
import modules.twofactor.outputs
from core import Authenticator, Identity, Module, Secret
from modules.keys.module import module as keys
from modules.twofactor.module import TwofactorConfig
from modules.twofactor.module import module as twofactor
from tests.core.web.door import Browser
from tests.modules.security.house import House, open_house

_USED = (modules.keys, modules.twofactor)


class Elsewhere:
    """Knows whom another site vouches for, and no password of theirs."""

    name = "elsewhere"

    def authenticate(self, username: str, password: Secret) -> Identity | None:
        return Identity(username) if username == "kim" else None


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    vouching = Module("vouching")

    @vouching.service
    def elsewhere() -> Authenticator:
        return Elsewhere()

    yield from open_house(tmp_path, vouching, keys, twofactor, configs={TwofactorConfig: TwofactorConfig()})


@pytest.fixture
def kim(house: House) -> Browser:
    browser = Browser(house.app.test_client())
    browser.log_in("kim", "whatever")
    return browser


def test_no_form_asks_them_for_a_password(kim: Browser) -> None:
    for page in ("/security/erase", "/security/keys", "/security/two-factor"):
        shown = kim.get(page).get_data(as_text=True)
        assert 'name="password"' not in shown
        assert "You log in without a password here." in shown


def test_others_are_asked(house: House) -> None:
    ada, _ = house.enter("ada")
    assert 'name="password"' in ada.get("/security/erase").get_data(as_text=True)
    answer = ada.post("/security/erase", {"name": "ada"}, token=ada.token("/security"))
    assert answer.status_code == 422
    assert "This is missing" in answer.get_data(as_text=True)


def test_who_logged_in_just_now_needs_nothing_more(kim: Browser) -> None:
    assert kim.post("/security/erase", {"name": "kim"}, token=kim.token("/security")).location == "/erased"


def test_a_log_in_of_long_ago_shows_nothing(house: House, kim: Browser) -> None:
    house.later(minutes=11)
    answer = kim.post("/security/erase", {"name": "kim"}, token=kim.token("/security"))
    assert answer.status_code == 403
    assert "Log out and in again" in answer.get_data(as_text=True)
    kim.post("/logout", token=kim.token("/security"))
    kim.log_in("kim", "whatever")
    assert kim.post("/security/erase", {"name": "kim"}, token=kim.token("/security")).location == "/erased"
