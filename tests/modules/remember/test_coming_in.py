"""Browsers that come in without a password, and those that do not."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from core import Secret
from modules.remember.module import RememberConfig
from modules.remember.services import Remembering
from modules.remember.tables import devices, tokens
from tests.modules.remember.home import COOKIE, Home, close, count, is_in, open_home, token_of, words

JSON = {"Accept": "application/json"}


def test_the_box_is_not_ticked_and_says_for_how_long(home: Home) -> None:
    page = words(home.stranger().get("/login"))
    assert re.search(r'<input type="checkbox" name="remember" value="1" aria-describedby="remember-help">', page)
    assert "For 30 days." in page


def test_a_refused_form_keeps_the_tick(home: Home) -> None:
    answer = home.stranger().post("/login", {"username": "ada", "password": "wrong", "remember": "1"})
    assert answer.status_code == 403 and 'aria-describedby="remember-help" checked' in words(answer)


def test_without_the_tick_nothing_is_kept(home: Home) -> None:
    browser = home.enter(remember=False)
    assert token_of(browser) == "" and count(home) == 0
    assert close(browser).get("/mail/").location == "/login?next=%2Fmail%2F"


@pytest.mark.parametrize("loses_token", [False, True])
@pytest.mark.parametrize("remember", [False, True])
def test_only_a_session_of_a_remembered_device_asks_for_it(
    home: Home, remember: bool, loses_token: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Remembering] = []
    browser, begin = home.enter(remember=remember), Remembering.__init__
    if loses_token:
        browser.client.delete_cookie(COOKIE)

    def note(self: Remembering, *asked: Any) -> None:  # Any: whatever it asks for
        made.append(self)
        begin(self, *asked)

    monkeypatch.setattr(Remembering, "__init__", note)
    assert is_in(browser) and len(made) == remember


def test_a_remembered_browser_comes_in_where_it_wants_to(home: Home) -> None:
    browser = close(home.enter())
    answer = browser.get("/mail/")
    assert answer.status_code == 200 and answer.get_json() == {"name": "ada"}
    assert browser.client.get_cookie("hm3_session") is not None


def test_what_is_stored_is_open_at_once(home: Home) -> None:
    browser = home.enter()
    browser.post("/settings/look", {"theme": "dark"}, token=browser.token("/settings"))
    assert 'data-theme="dark"' in words(close(browser).get("/settings"))


def test_the_login_page_leads_a_remembered_browser_on(home: Home) -> None:
    assert close(home.enter()).get("/login?next=/settings").location == "/settings"


@pytest.mark.parametrize("headers", [JSON, {"Accept": "text/html"}])
def test_a_script_that_asks_for_something_gets_it(home: Home, headers: dict[str, str]) -> None:
    answer = close(home.enter()).get("/mail/", **headers)
    assert answer.get_json() == {"name": "ada"}


def test_a_timer_lets_nobody_in(home: Home) -> None:
    browser = close(home.enter())
    assert browser.get("/mail/", **JSON, **{"X-Hm3-Background": "1"}).status_code == 401
    assert is_in(browser)


def test_a_script_that_would_change_something_has_to_ask_its_person(home: Home) -> None:
    browser = home.enter()
    token = browser.token("/settings")
    home.house.later(hours=3)
    answer = browser.post("/write", {"words": "hello"}, token=token, **JSON)
    assert answer.status_code == 401 and home.written == []


def test_a_form_of_an_ended_session_is_not_carried_out(home: Home) -> None:
    browser = home.enter()
    token = browser.token("/settings")
    home.house.later(hours=3)
    answer = browser.post("/write", {"words": "dear bob"}, token=token)
    assert answer.status_code == 409 and home.written == []
    assert "You were logged in again, and nothing was done yet" in words(answer)
    assert browser.post("/write", {"words": "dear bob"}, token=browser.token("/settings")).status_code == 303
    assert home.written == ["dear bob"]


def test_a_form_with_a_page_of_its_own_is_shown_there_again(home: Home) -> None:
    browser = home.enter()
    token = browser.token("/settings")
    home.house.later(hours=3)
    answer = browser.post("/settings/look", {"theme": "dark"}, token=token)
    assert answer.status_code == 409 and "nothing was done yet" in words(answer)
    assert 'data-theme="automatic"' in words(browser.get("/settings"))


def test_a_token_is_exchanged_at_each_use(home: Home) -> None:
    browser = home.enter()
    seen = {token_of(browser)}
    for _ in range(3):
        assert is_in(close(browser))
        seen.add(token_of(browser))
    assert len(seen) == 4 and count(home) == 1


def test_the_cookie_is_kept_from_scripts_and_as_long_as_the_site_says(home: Home) -> None:
    browser = home.enter()
    kept = browser.client.get_cookie(COOKIE)
    assert kept is not None
    assert (kept.http_only, kept.same_site, kept.max_age, kept.path) == (True, "Lax", 30 * 86400, "/")


def test_it_ends_so_long_after_the_password_however_often_it_is_used(home: Home) -> None:
    browser = home.enter()
    for _ in range(29):
        home.house.later(days=1)
        assert is_in(browser)
    home.house.later(days=1)
    assert not is_in(browser)
    assert token_of(browser) == ""


def test_devices_whose_time_is_over_leave_nothing(home: Home) -> None:
    home.enter("bob")
    home.house.later(days=31)
    home.enter("ada")
    assert (count(home), count(home, "remember_tokens")) == (1, 1)


@pytest.mark.parametrize("token", ["x", "a.b", "." * 66, "A" * 22 + "." + "B" * 43, "A" * 5000, "\N{SNOWMAN}"])
def test_a_cookie_that_is_no_token_opens_nothing_and_stops_nobody(home: Home, token: str) -> None:
    browser = home.stranger()
    browser.client.set_cookie(COOKIE, token)
    assert browser.get("/mail/").status_code == 303
    assert browser.log_in("ada", "old").status_code == 303 and is_in(browser)


def test_a_right_selector_with_a_wrong_validator_opens_and_ends_nothing(home: Home) -> None:
    browser = close(home.enter())
    selector, _, validator = token_of(browser).partition(".")
    # The first letter: some bits of the last one mean nothing.
    thief = home.bring(f"{selector}.{'A' if validator[0] != 'A' else 'B'}{validator[1:]}")
    assert not is_in(thief)
    assert is_in(browser)


def test_the_log_out_forgets_the_device(home: Home) -> None:
    browser = home.enter()
    token = token_of(browser)
    assert browser.post("/logout", token=browser.token("/settings")).location == "/login"
    assert token_of(browser) == "" and count(home) == 0
    assert not is_in(home.bring(token))


def test_the_log_out_of_an_ended_session_forgets_the_device_too(home: Home) -> None:
    browser = home.enter()
    form, token = browser.token("/settings"), token_of(browser)
    home.house.later(hours=3)
    browser.post("/logout", token=form)
    assert not is_in(home.bring(token)) and count(home) == 0


def test_a_new_password_at_the_mail_server_leads_to_the_login_and_not_in_circles(home: Home) -> None:
    browser = close(home.enter())
    home.locked.append(True)
    assert browser.get("/mail/").location == "/login?next=%2Fmail%2F"
    assert token_of(browser) == "" and count(home) == 0
    assert browser.get("/login?next=/mail/").status_code == 200


def test_a_login_page_is_no_way_around_it_either(home: Home) -> None:
    browser = home.enter()
    home.locked.append(True)
    assert browser.get("/mail/").location == "/login?next=%2Fmail%2F"
    assert browser.get("/login?next=/mail/").status_code == 200


def test_a_user_who_is_barred_comes_in_no_more(home: Home) -> None:
    browser = close(home.enter())
    home.barred.append("ada")
    assert not is_in(browser) and token_of(browser) == "" and count(home) == 0


def test_what_a_timer_asks_for_ends_with_the_device_too(home: Home) -> None:
    browser = home.enter()
    assert browser.get("/mail/", **JSON, **{"X-Hm3-Background": "1"}).status_code == 200
    with home.house.database.write() as connection:
        connection.execute(devices.delete())
    assert browser.get("/mail/", **JSON, **{"X-Hm3-Background": "1"}).status_code == 401


def test_who_logs_in_anew_with_the_box_is_one_device(home: Home) -> None:
    browser = home.enter()
    old = token_of(browser)
    token = browser.token("/settings")
    assert (
        browser.post("/login", {"username": "ada", "password": "old", "remember": "1"}, token=token).status_code == 303
    )
    assert count(home) == 1 and token_of(browser) not in ("", old)


def test_another_user_in_the_same_browser_is_not_let_in_as_the_first(home: Home) -> None:
    browser = home.enter()
    token = browser.token("/settings")
    assert browser.post("/login", {"username": "bob", "password": "old"}, token=token).status_code == 303
    assert browser.get("/mail/").get_json() == {"name": "bob"}
    assert browser.get("/mail/").get_json() == {"name": "bob"}
    assert "Remembered devices" not in words(browser.get("/security"))


def test_what_is_locked_is_not_remembered(home: Home) -> None:
    home.enter(remember=False)
    home.house.passwords["ada"] = "new"
    browser = home.enter()
    assert token_of(browser) == "" and "This device is not remembered yet" in words(browser.get("/security/unlock"))


def test_a_site_that_offers_it_no_more_shows_no_box_and_takes_no_tick(tmp_path: Path) -> None:
    with open_home(tmp_path, RememberConfig(offer=False)) as home:
        assert "remember" not in words(home.stranger().get("/login"))
        assert token_of(home.enter()) == ""


def test_a_bad_time_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="lasts has to be a minute or longer"):
        RememberConfig(lasts=timedelta(seconds=59))


def test_the_database_holds_no_part_of_a_token_and_no_login_of_a_used_one(home: Home) -> None:
    browser = home.enter()
    first = token_of(browser)
    assert is_in(close(browser)) and is_in(browser)
    home.house.later(minutes=5)
    assert is_in(close(browser))
    home.enter("bob")
    with home.house.database.read() as connection:
        kept = str(connection.execute(select(tokens)).all()) + str(connection.execute(select(devices)).all())
        logins = select(func.count()).select_from(tokens).where(tokens.c.login.is_not(None))
        # Ada's current one, the one before it that still has its grace, and bob's.
        assert connection.execute(logins).scalar_one() == 3
    for part in (*first.split("."), *token_of(browser).split(".")):
        assert part not in kept
    assert repr(Secret(first)) == "<secret>"
