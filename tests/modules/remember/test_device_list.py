"""Remembered devices as their user sees them, forgets them, and passes the second factor on them."""

import re

import flask
import pyotp

from core import Farewell
from tests.core.web.door import Browser
from tests.modules.remember.home import Home, close, is_in, token_of, words

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
FORGET = re.compile(r"/security/remembered/[0-9a-f]{32}/forget")


def section(browser: Browser) -> str:
    page = words(browser.get("/security"))
    found = re.search(r'<section[^>]*"remembered-title".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def post(browser: Browser, where: str, **fields: str) -> flask.Response:
    return browser.post(where, fields, token=browser.token("/security"))


def set_up_factor(home: Home, browser: Browser) -> pyotp.TOTP:
    page = words(browser.get("/security/two-factor"))
    app = pyotp.TOTP("".join(re.findall(r"<code>([A-Z2-7]{4})</code>", page)))
    code = app.at(int(home.house.now[0].timestamp()))
    assert post(browser, "/security/two-factor", code=code, password="old").status_code == 303
    home.house.later(minutes=1)
    return app


def give_code(home: Home, browser: Browser, app: pyotp.TOTP) -> None:
    code = app.at(int(home.house.now[0].timestamp()))
    answer = browser.post("/login/code", {"code": code}, token=browser.token("/login/code"))
    assert answer.status_code == 303


def test_who_stays_logged_in_nowhere_sees_no_list(home: Home) -> None:
    assert section(home.enter(remember=False)) == ""


def test_a_user_sees_their_own_devices_this_one_first(home: Home) -> None:
    home.enter("bob")
    home.enter(agent=FIREFOX)
    home.house.later(minutes=5)
    here = home.enter()
    shown = section(here)
    assert re.findall(r"<strong>([^<]+)</strong>", shown) == ["Safari · iPhone", "Firefox · Linux"]
    assert shown.index("this one") < shown.index("Firefox") and "127.0.0.0/24" in shown


def test_a_forgotten_device_is_logged_out_at_once(home: Home) -> None:
    lost, here = home.enter(agent=FIREFOX), home.enter()
    assert is_in(lost)
    _, where = FORGET.findall(section(here))
    answer = post(here, where)
    assert answer.location == "/security" and "that device needs your password" in words(here.get("/security"))
    assert not is_in(lost) and not is_in(close(lost)) and is_in(here) and is_in(close(here))


def test_this_device_can_be_forgotten_and_its_session_goes_on(home: Home) -> None:
    here = home.enter()
    (where,) = FORGET.findall(section(here))
    assert post(here, where).status_code == 303
    assert is_in(here) and token_of(here) == "" and section(here) == ""
    assert not is_in(close(here))


def test_the_device_of_another_user_or_of_nobody_cannot_be_forgotten(home: Home) -> None:
    ada, bob = home.enter(), home.enter("bob")
    (where,) = FORGET.findall(section(ada))
    assert post(bob, where).status_code == 404
    assert post(bob, "/security/remembered/x/forget").status_code == 422
    assert post(ada, where).status_code == 303 and post(ada, where).status_code == 404


def test_logging_out_everywhere_forgets_every_device_and_spares_this_session(home: Home) -> None:
    other, here, bob = home.enter(), home.enter(), home.enter("bob")
    assert post(here, "/security/sessions/end-others").status_code == 303
    assert is_in(here) and not is_in(other) and not is_in(close(other)) and is_in(close(bob))
    assert not is_in(close(here))


def test_a_password_that_was_changed_elsewhere_forgets_them_when_all_is_unlocked(home: Home) -> None:
    old = home.enter()
    home.house.passwords["ada"] = "new"
    here = home.enter(remember=False)
    answer = here.post("/security/unlock", {"old_password": "old"}, token=here.token("/security/unlock"))
    assert answer.status_code == 303
    assert not is_in(old) and not is_in(close(old)) and is_in(here)


def test_beginning_afresh_forgets_them_too(home: Home) -> None:
    old = home.enter()
    home.house.passwords["ada"] = "new"
    here = home.enter(remember=False)
    assert here.post("/security/afresh", {"sure": "1"}, token=here.token("/security/unlock")).status_code == 303
    assert not is_in(close(old))


def test_a_second_factor_that_was_passed_is_not_asked_for_again(home: Home) -> None:
    app = set_up_factor(home, home.enter(remember=False))
    browser = home.enter()
    assert not is_in(browser) and token_of(browser) == ""
    give_code(home, browser, app)
    assert is_in(browser) and is_in(close(browser)) and is_in(close(browser))


def test_a_second_factor_that_came_later_is_asked_for_once(home: Home) -> None:
    browser = home.enter()
    app = set_up_factor(home, home.enter(remember=False))
    assert close(browser).get("/mail/").location == "/login/code"
    assert browser.get("/mail/").location == "/login?next=%2Fmail%2F"
    give_code(home, browser, app)
    assert is_in(browser) and is_in(close(browser))


def test_a_script_is_told_to_log_in_where_a_code_is_due(home: Home) -> None:
    browser = home.enter()
    set_up_factor(home, home.enter(remember=False))
    assert close(browser).get("/mail/", Accept="application/json").status_code == 401


def test_the_box_is_not_remembered_past_a_login_that_was_given_up(home: Home) -> None:
    app = set_up_factor(home, home.enter(remember=False))
    browser = home.enter()
    browser.post("/login", {"username": "ada", "password": "old"})
    give_code(home, browser, app)
    assert is_in(browser) and token_of(browser) == ""


def test_a_user_who_leaves_is_remembered_nowhere(home: Home) -> None:
    ada, bob = home.enter(), home.enter("bob")

    def leave(farewell: Farewell) -> None:
        farewell.take("ada")

    home.house.site.application.run(leave, {})
    assert not is_in(close(ada)) and is_in(close(bob))
