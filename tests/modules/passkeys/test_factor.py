"""A passkey after the password, alone and beside codes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest

import modules.twofactor.handlers
import modules.twofactor.outputs
from core import RoleName, Roles
from modules.twofactor.module import TwofactorConfig
from modules.twofactor.module import module as twofactor
from tests.core.web.door import Browser
from tests.modules.passkeys.authenticator import PRESENT, SoftKey
from tests.modules.passkeys.rooms import (
    HERE,
    STEP,
    add,
    asked,
    enrolled,
    is_in,
    log_in,
    passkeys,
    stranger,
    try_to_send,
    words,
)
from tests.modules.security.house import House, open_house
from tests.modules.twofactor.test_twofactor import set_up

_USED = modules.twofactor
CODE, ENROL = "/login/code", "/login/second-factor"


@pytest.fixture(params=[(passkeys, twofactor), (twofactor, passkeys)], ids=["passkeys-first", "codes-first"])
def both(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    """A site with passkeys and codes, whose steps come in either order."""
    yield from open_house(tmp_path, *request.param)


@pytest.fixture(params=[(passkeys, twofactor), (twofactor, passkeys)], ids=["passkeys-first", "codes-first"])
def strict(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    """A site on which bob has to have a second factor."""
    yield from open_house(
        tmp_path,
        *request.param,
        configs={TwofactorConfig: TwofactorConfig((RoleName("admin"),))},
        roles=Roles({"bob": frozenset({"admin"})}),
    )


def prove(browser: Browser, key: SoftKey, **more: str) -> int:
    return try_to_send(browser, STEP, token_from=STEP, **key.answer(asked(browser, STEP)), **more).status_code


def test_a_security_key_stands_between_password_and_mail(house: House) -> None:
    key = enrolled(house, "factor")
    browser, led = house.enter()
    assert led == STEP and not is_in(browser)
    assert "use one of your passkeys or security keys" in words(browser.get(STEP))
    assert prove(browser, key) == 200 and is_in(browser)


def test_after_the_password_nobody_has_to_be_verified_and_named(house: House) -> None:
    key = enrolled(house, "factor")
    key.flags = PRESENT
    browser, _ = house.enter()
    sent = key.answer(asked(browser, STEP), names_user=False)
    assert try_to_send(browser, STEP, token_from=STEP, **sent).status_code == 200 and is_in(browser)


def test_a_passkey_that_logs_in_alone_is_not_asked_for_after_the_password(house: House) -> None:
    enrolled(house)
    assert house.enter()[1] == "/mail/"


def test_whoever_logs_in_by_passkey_is_asked_for_no_second_factor(both: House) -> None:
    browser, _ = both.enter()
    add(browser, key := SoftKey())
    _set_up_beside(both, browser)
    assert both.enter()[1] == CODE
    later = stranger(both)
    assert log_in(later, key).get_json() == {"location": "/mail/"} and is_in(later)


def test_anothers_security_key_does_not_help(house: House) -> None:
    enrolled(house, "factor")
    theirs = enrolled(house, "factor", "bob")
    browser, _ = house.enter()
    assert prove(browser, theirs) == 403 and not is_in(browser)


def test_a_challenge_of_another_candidate_does_not_help(house: House) -> None:
    key = enrolled(house, "factor")
    first, second = house.enter()[0], house.enter()[0]
    sent = key.answer(asked(first, STEP))
    assert try_to_send(second, STEP, token_from=STEP, **sent).status_code == 409 and not is_in(second)


def test_a_candidate_without_a_passkey_is_told_so(both: House) -> None:
    set_up(both)
    browser, _ = both.enter()
    answer = browser.get(STEP)
    assert answer.status_code == 403 and "You have no passkey." in words(answer)


def test_a_candidate_can_open_no_page_of_passkeys(house: House) -> None:
    enrolled(house, "factor")
    browser, _ = house.enter()
    assert all(browser.get(page).location for page in (HERE, "/security"))


def test_a_passkey_is_asked_for_and_not_any_more(house: House) -> None:
    browser, _ = house.enter()
    page = add(browser, SoftKey())
    for wanted, led in (("1", STEP), ("0", "/mail/")):
        fields = {"asked": wanted, "password": "old"}
        assert browser.post(f"{page}/factor", fields, token=browser.token(HERE)).status_code == 303
        assert house.enter()[1] == led


def test_the_choice_takes_the_password(house: House) -> None:
    browser, _ = house.enter()
    page = add(browser, SoftKey(), "factor")
    answer = browser.post(f"{page}/factor", {"asked": "0", "password": "wrong"}, token=browser.token(HERE))
    assert answer.status_code == 422 and house.enter()[1] == STEP


def test_the_page_says_that_it_is_the_only_second_factor(house: House) -> None:
    browser, _ = house.enter()
    assert "Without it your password is enough" in words(browser.get(add(browser, SoftKey(), "factor")))


def test_a_passkey_after_the_password_learns_the_login_of_today(house: House) -> None:
    browser, _ = house.enter()
    page = add(browser, key := SoftKey())
    browser.post(f"{page}/factor", {"asked": "1", "password": "old"}, token=browser.token(HERE))
    before = _logins(house)
    later, _ = house.enter()
    assert prove(later, key) == 200 and _logins(house) != before
    alone = stranger(house)
    log_in(alone, key)
    assert is_in(alone)


def _logins(house: House) -> list[bytes]:
    with house.database.read() as connection:
        return [row.login for row in connection.exec_driver_sql("SELECT login FROM passkeys_keys")]


def test_with_both_either_is_enough_and_each_page_shows_the_other(both: House) -> None:
    browser, _ = both.enter()
    add(browser, key := SoftKey(), "factor")
    app = _set_up_beside(both, browser)
    by_key, led = both.enter()
    assert led in (STEP, CODE)
    assert f'href="{CODE}"' in words(by_key.get(STEP)) and f'href="{STEP}"' in words(by_key.get(CODE))
    assert prove(by_key, key) == 200 and is_in(by_key)
    both.later(seconds=30)
    by_code, _ = both.enter()
    by_code.post(CODE, {"code": app.at(int(both.now[0].timestamp()))}, token=by_code.token(CODE))
    assert is_in(by_code)


def _set_up_beside(house: House, browser: Browser) -> pyotp.TOTP:
    """Codes for somebody who is logged in."""
    page = words(browser.get("/security/two-factor"))
    app = pyotp.TOTP("".join(re.findall(r"<code>([A-Z2-7]{4})</code>", page)))
    code = app.at(int(house.now[0].timestamp()))
    fields = {"code": code, "password": "old"}
    assert browser.post("/security/two-factor", fields, token=browser.token("/security/two-factor")).location
    return app


def test_the_code_page_leads_to_the_passkey_of_who_has_no_codes(both: House) -> None:
    enrolled(both, "factor")
    browser, _ = both.enter()
    assert browser.get(CODE).location == STEP


def test_a_passkey_is_what_the_site_asks_for(strict: House) -> None:
    browser, led = strict.enter("bob")
    assert led == CODE and browser.get(CODE).location == ENROL
    key = _enrolled_without_codes(strict)
    browser, _ = strict.enter("bob")
    assert prove(browser, key) == 200 and is_in(browser)


def _enrolled_without_codes(house: House) -> SoftKey:
    """A security key of bob's, who set up codes as he had to and took them away again."""
    codes, browser = _bob_sets_up(house)
    add(browser, key := SoftKey(), "factor")
    fields = {"code": codes, "password": "old"}
    answer = browser.post("/security/two-factor/off", fields, token=browser.token("/security/two-factor"))
    assert answer.location == "/security"
    return key


def _bob_sets_up(house: House) -> tuple[str, Browser]:
    browser, _ = house.enter("bob")
    app = pyotp.TOTP("".join(re.findall(r"<code>([A-Z2-7]{4})</code>", words(browser.get(ENROL)))))
    code = app.at(int(house.now[0].timestamp()))
    browser.post(ENROL, {"code": code}, token=browser.token(ENROL))
    codes = re.findall(r"<li><code>([A-Z2-9-]{19})</code>", words(browser.get("/security/two-factor/codes")))
    browser.post("/security/two-factor/codes", {}, token=browser.token("/security/two-factor/codes"))
    return codes[0], browser


def test_whoever_knows_the_password_alone_sets_up_no_codes_where_there_is_a_passkey(strict: House) -> None:
    _enrolled_without_codes(strict)
    browser, _ = strict.enter("bob")
    assert browser.get(ENROL).location == CODE
    answer = browser.post(ENROL, {"code": "000000"}, token=browser.token(STEP))
    assert answer.status_code in (303, 409) and not is_in(browser)


def test_the_last_second_factor_stays_where_one_is_asked_for(strict: House) -> None:
    key = _enrolled_without_codes(strict)
    browser, _ = strict.enter("bob")
    prove(browser, key)
    page = HERE + "/" + words(browser.get(HERE)).split(f'href="{HERE}/')[1].split('"')[0]
    assert "This site asks you to have a second factor" in words(browser.get(page))
    for what, fields in (("remove", {}), ("factor", {"asked": "0"})):
        answer = browser.post(f"{page}/{what}", {"password": "old", **fields}, token=browser.token(HERE))
        assert answer.status_code == 409 and "this is your last one" in words(answer)
