"""Devices on which no code is asked for, for a while."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import flask
import pytest

import modules.twofactor.handlers
import modules.twofactor.outputs
import modules.twofactor.trust
from modules.twofactor.module import TrustTime, TwofactorConfig
from modules.twofactor.module import module as twofactor
from tests.core.web.door import Browser
from tests.modules.security.house import House, open_house
from tests.modules.twofactor.test_twofactor import LOGIN, SETUP, App, arrive, is_in, post, set_up, words

_USED = modules.twofactor
COOKIE = "hm3_twofactor_trust"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1"
FORGET = re.compile(r"/security/two-factor/trusted/[0-9a-f]{32}/forget")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A site where a second factor is a choice."""
    yield from open_house(tmp_path, twofactor)


def give_code(house: House, browser: Browser, app: App, **more: str) -> flask.Response:
    house.later(seconds=60)
    return post(browser, LOGIN, LOGIN, code=app.code(), **more)


def trusting(house: House, app: App, name: str = "ada", agent: str = PHONE) -> Browser:
    """A browser in which a user logged in with a code and wants to be asked for none again."""
    browser = Browser(house.app.test_client(), agent=agent)
    assert browser.log_in(name, house.passwords[name]).location == LOGIN
    assert give_code(house, browser, app, trust="1").location == "/mail/"
    return browser


def asked(house: House, browser: Browser, name: str = "ada") -> bool:
    """Whether a code is asked for in this browser after the password."""
    for cookie in ("hm3_session", "hm3_key", "hm3_form"):
        browser.client.delete_cookie(cookie)
    where = browser.log_in(name, house.passwords[name]).location
    assert where in (LOGIN, "/mail/")
    return bool(where == LOGIN)


def test_the_box_is_not_ticked_and_says_for_how_long(house: House) -> None:
    set_up(house)
    page = words(arrive(house).get(LOGIN))
    assert "Do not ask on this device for 30 days" in page
    assert re.search(r'name="trust" value="1" aria-describedby="trust-help">', page)


def test_a_wrong_code_keeps_the_tick_and_trusts_nothing(house: House) -> None:
    set_up(house)
    browser = arrive(house)
    answer = post(browser, LOGIN, LOGIN, code="000000", trust="1")
    assert answer.status_code == 422 and 'aria-describedby="trust-help" checked' in words(answer)
    assert browser.client.get_cookie(COOKIE) is None


def test_without_the_tick_a_code_is_asked_for_each_time(house: House) -> None:
    app, _, _ = set_up(house)
    browser = arrive(house)
    give_code(house, browser, app)
    assert is_in(browser) and asked(house, browser)


def test_a_trusted_device_needs_the_password_alone_and_needs_it(house: House) -> None:
    app, _, _ = set_up(house)
    browser = trusting(house, app)
    assert not asked(house, browser) and is_in(browser)
    browser.client.delete_cookie("hm3_session")
    assert not is_in(browser)
    assert browser.log_in("ada", "wrong").status_code == 403


def test_the_trust_ends_when_the_site_says(house: House) -> None:
    app, _, _ = set_up(house)
    browser = trusting(house, app)
    house.later(days=29)
    assert not asked(house, browser)
    house.later(days=1)
    assert asked(house, browser)


def test_what_one_browser_keeps_is_worth_nothing_for_another_user_or_elsewhere(house: House) -> None:
    ada, _, _ = set_up(house)
    bob, _, _ = set_up(house, "bob")
    browser = trusting(house, ada)
    assert asked(house, browser, "bob")
    assert give_code(house, browser, bob, trust="1").location == "/mail/"
    assert not asked(house, browser) and not asked(house, browser, "bob")
    assert asked(house, Browser(house.app.test_client()))


@pytest.mark.parametrize("mark", ["x", "~~~", "a~b~c~d~e~f~g~h", "A" * 43, "\N{SNOWMAN}", "a" * 401])
def test_a_cookie_that_is_no_mark_spares_nothing_and_stops_nobody(house: House, mark: str) -> None:
    app, _, _ = set_up(house)
    browser = Browser(house.app.test_client())
    browser.client.set_cookie(COOKIE, mark)
    assert asked(house, browser)
    assert give_code(house, browser, app, trust="1").location == "/mail/" and not asked(house, browser)


def test_the_list_names_the_devices_and_asks_there_again(house: House) -> None:
    app, _, first = set_up(house)
    assert "Trusted devices" not in words(first.get(SETUP))
    phone, here = trusting(house, app), trusting(house, app, agent=first.agent)
    page = words(here.get(SETUP))
    assert re.findall(r"<strong>([^<]+)</strong>", page) == ["Firefox · Linux", "Safari · iPhone"]
    assert "this one" in page and "127.0.0.0/24" in page
    _, other = FORGET.findall(page)
    answer = post(here, other)
    assert answer.location == SETUP and "asked for on that device again" in words(here.get(SETUP))
    assert asked(house, phone) and not asked(house, here)


def test_the_device_of_another_user_cannot_be_forgotten(house: House) -> None:
    app, _, _ = set_up(house)
    ada, (bob, _) = trusting(house, app), house.enter("bob")
    (where,) = FORGET.findall(words(ada.get(SETUP)))
    assert post(bob, where).status_code == 404
    assert post(bob, "/security/two-factor/trusted/x/forget").status_code == 422
    assert not asked(house, ada)


@pytest.mark.parametrize("where", ["/security/two-factor/codes/new", "/security/two-factor/off"])
def test_who_renews_or_removes_the_factor_trusts_nothing_any_more(house: House, where: str) -> None:
    app, codes, _ = set_up(house)
    browser, other = trusting(house, app), trusting(house, app)
    assert post(browser, where, code=codes[0], password="old").status_code == 303
    if where.endswith("off"):
        house.later(minutes=1)
        app = set_up(house)[0]
    assert asked(house, other)


def test_logging_out_everywhere_ends_the_trust_of_this_user_alone(house: House) -> None:
    app, _, _ = set_up(house)
    bobs, _, _ = set_up(house, "bob")
    browser, bob = trusting(house, app), trusting(house, bobs, "bob")
    post(browser, "/security/sessions/end-others", "/security")
    assert asked(house, browser) and not asked(house, bob, "bob")


def test_a_site_may_trust_no_device(tmp_path: Path) -> None:
    for house in open_house(tmp_path, twofactor, configs={TwofactorConfig: TwofactorConfig(trust=TrustTime())}):
        app, _, _ = set_up(house)
        browser = arrive(house)
        assert "Do not ask" not in words(browser.get(LOGIN))
        give_code(house, browser, app, trust="1")
        assert is_in(browser) and asked(house, browser)


def test_trust_for_less_than_a_day_is_said_without_a_number(tmp_path: Path) -> None:
    config = TwofactorConfig(trust=TrustTime(hours=8))
    for house in open_house(tmp_path, twofactor, configs={TwofactorConfig: config}):
        set_up(house)
        assert "Do not ask on this device for a while" in words(arrive(house).get(LOGIN))


@pytest.mark.parametrize(
    ("text", "span"), [("off", timedelta()), ("30 days", timedelta(days=30)), ("12 h", timedelta(hours=12))]
)
def test_a_time_of_trust_is_a_time_or_off(text: str, span: timedelta) -> None:
    assert TrustTime.parse(text) == span


@pytest.mark.parametrize("text", ["", "never", "0 s", "59 s", "-1 d"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is"):
        TrustTime.parse(text)
