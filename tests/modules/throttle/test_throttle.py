"""Whoever fails too often has to wait."""

import re

import flask
import pytest

from tests.core.web.door import Browser
from tests.modules.security.house import House

SENTENCE = "There were too many failed attempts. Please wait a minute and try again."


def words(answer: flask.Response) -> str:
    return answer.get_data(as_text=True)


def stranger(house: House, number: int = 1) -> Browser:
    """A browser that nobody logged in with, at an address of its own."""
    return Browser(house.app.test_client(), f"198.51.100.{number}")


def fail(house: House, times: int, name: str = "ada", of: int = 1) -> list[int]:
    """Fail from several addresses in turn; the statuses of the answers."""
    return [stranger(house, number % of).log_in(name, "wrong").status_code for number in range(times)]


def enter(browser: Browser, name: str = "ada", password: str = "old") -> int:
    return browser.log_in(name, password).status_code


def enter_safely(browser: Browser) -> flask.Response:
    """Log in over an encrypted way, on which forms tell the page that they came from."""
    return browser.post("/login", {"username": "ada", "password": "old"}, Referer="https://localhost/login")


def log_out(browser: Browser) -> None:
    browser.post("/logout", token=browser.token("/settings"))


def test_after_five_failures_from_one_address_even_the_right_password_waits(house: House) -> None:
    assert fail(house, 6) == [403] * 5 + [429]
    answer = stranger(house, 0).log_in("ada", "old")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert SENTENCE in words(answer) and 'value="ada"' in words(answer)


def test_scripts_are_told_alike(house: House) -> None:
    fail(house, 5)
    browser = stranger(house, 0)
    answer = browser.post("/login", {"username": "ada", "password": "old"}, Accept="application/json")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert answer.json is not None and answer.json["error"]["reason"] == SENTENCE


def test_a_stranger_at_one_address_locks_nobody_out_elsewhere(house: House) -> None:
    assert fail(house, 30).count(429) == 25
    assert enter(stranger(house, 9)) == 303


def test_ten_failures_from_anywhere_lock_the_name_everywhere(house: House) -> None:
    assert fail(house, 20, of=20) == [403] * 10 + [429] * 10
    assert enter(stranger(house, 99)) == 429
    assert enter(stranger(house, 99), "bob") == 303


@pytest.mark.parametrize("name", ["ada", "nobody", "nobody@example.org"])
def test_unknown_names_are_answered_as_known_ones_are(house: House, name: str) -> None:
    assert fail(house, 11, name, of=20) == [403] * 10 + [429]
    answer = stranger(house, 50).log_in(name, "wrong")
    assert SENTENCE in words(answer)
    assert re.sub(r"[\w.-]{20,}", "", words(answer).replace(name, "")) == re.sub(
        r"[\w.-]{20,}", "", words(stranger(house, 51).log_in(name, "old")).replace(name, "")
    )


def test_every_spelling_is_one_name(house: House) -> None:
    spellings = ["ada", "ADA", " ada ", "a da", "\N{FULLWIDTH LATIN SMALL LETTER A}da"] * 2
    answers = [stranger(house, number).log_in(name, "wrong") for number, name in enumerate(spellings)]
    assert [answer.status_code for answer in answers] == [403] * 10
    assert enter(stranger(house, 50)) == 429


def test_a_network_of_ipv6_is_one_address(house: House) -> None:
    for number in range(5):
        Browser(house.app.test_client(), f"2001:db8::{number}").log_in("ada", "wrong")
    assert enter(Browser(house.app.test_client(), "2001:db8::ffff")) == 429
    assert enter(Browser(house.app.test_client(), "2001:db8:0:1::1")) == 303


def test_an_address_that_tries_many_names_waits_with_all_of_them(house: House) -> None:
    statuses = [stranger(house).log_in(f"user{number}", "wrong").status_code for number in range(101)]
    assert statuses == [403] * 100 + [429]
    assert enter(stranger(house)) == 429
    assert enter(stranger(house, 2)) == 303


def test_a_lock_ends_by_itself_and_the_next_is_twice_as_long(house: House) -> None:
    fail(house, 5)
    house.later(seconds=59)
    assert fail(house, 1) == [429]
    house.later(seconds=1)
    assert fail(house, 1) == [403]
    answer = stranger(house, 0).log_in("ada", "old")
    assert answer.headers["Retry-After"] == "120" and "wait 2 minutes" in words(answer)
    house.later(seconds=120)
    assert enter(stranger(house, 0)) == 303


def test_no_lock_is_longer_than_an_hour(house: House) -> None:
    fail(house, 5)
    for _ in range(12):
        house.later(hours=1)
        assert fail(house, 1) == [403]
    assert stranger(house, 0).log_in("ada", "old").headers["Retry-After"] == "3600"


def test_trying_on_makes_no_lock_longer(house: House) -> None:
    fail(house, 30)
    house.later(seconds=60)
    assert enter(stranger(house, 0)) == 303


def test_old_failures_count_no_more(house: House) -> None:
    fail(house, 4)
    house.later(hours=25)
    assert fail(house, 5) == [403] * 5
    assert enter(stranger(house, 0)) == 429


def test_a_login_begins_the_count_anew(house: House) -> None:
    fail(house, 4)
    assert enter(stranger(house, 0)) == 303
    assert fail(house, 5) == [403] * 5


def test_a_login_does_not_clear_the_address_of_who_guesses_others(house: House) -> None:
    for number in range(100):
        stranger(house).log_in(f"user{number}", "wrong")
        if number % 10 == 0:
            assert enter(stranger(house), "bob") == 303
    assert enter(stranger(house), "bob") == 429


def test_a_browser_that_is_known_comes_in_while_the_name_is_locked(house: House) -> None:
    browser, _ = house.enter()
    log_out(browser)
    fail(house, 20, of=20)
    assert enter(stranger(house, 99)) == 429
    assert enter(browser) == 303


def test_a_known_browser_has_a_count_of_its_own(house: House) -> None:
    browser, _ = house.enter()
    log_out(browser)
    statuses = [enter(browser, password="wrong") for _ in range(11)]
    assert statuses == [403] * 10 + [429]
    assert enter(browser) == 429
    assert enter(stranger(house)) == 303


def test_a_browser_is_known_for_the_names_of_its_people_alone(house: House) -> None:
    browser, _ = house.enter("bob")
    log_out(browser)
    fail(house, 20, of=20)
    assert enter(browser) == 429
    house.later(minutes=1)
    assert enter(browser) == 303
    log_out(browser)
    fail(house, 20, of=20)
    fail(house, 20, "bob", of=20)
    assert enter(browser) == 303
    log_out(browser)
    assert enter(browser, "bob") == 303


def test_the_mark_of_a_browser_is_kept_from_scripts_and_other_sites(house: House) -> None:
    # Chance writes no such name: a mark has no @.
    house.passwords["ada@garden.example"] = "old"
    answer = Browser(house.app.test_client()).log_in("ada@garden.example", "old")
    (mark,) = [header for header in answer.headers.getlist("Set-Cookie") if header.startswith("hm3_throttle_browser=")]
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=15552000"):
        assert part in mark
    assert not any(word in mark for word in ("ada@", "ada%40", "garden.example"))
    safe = enter_safely(Browser(house.app.test_client(), base="https://localhost"))
    (mark,) = [header for header in safe.headers.getlist("Set-Cookie") if "throttle_browser=" in header]
    assert mark.startswith("__Host-hm3_throttle_browser=") and "Secure" in mark


@pytest.mark.parametrize("mark", ["", "~", ".", "a.b.c", "a.1.b~", "x" * 3000, "a.\N{DIGIT ONE}.b", "%00", "ä"])
def test_a_forged_mark_makes_nobody_known_and_stops_nobody(house: House, mark: str) -> None:
    browser = stranger(house)
    browser.client.set_cookie("hm3_throttle_browser", mark)
    assert enter(browser) == 303
    fail(house, 20, "bob", of=20)
    other = stranger(house, 60)
    other.client.set_cookie("hm3_throttle_browser", mark)
    assert enter(other, "bob") == 429


def test_a_mark_is_good_for_half_a_year_and_on_an_encrypted_way_only_under_its_own_name(house: House) -> None:
    browser, _ = house.enter()
    cookie = browser.client.get_cookie("hm3_throttle_browser")
    assert cookie is not None
    fail(house, 20, of=20)
    tossed = Browser(house.app.test_client(), "198.51.100.70", "https://localhost")
    tossed.client.set_cookie("hm3_throttle_browser", cookie.value, secure=True)
    assert enter_safely(tossed).status_code == 429
    house.later(days=181)
    fail(house, 20, of=20)
    late = stranger(house, 71)
    late.client.set_cookie("hm3_throttle_browser", cookie.value)
    assert enter(late) == 429


def test_users_are_told_of_failures_at_their_next_login(house: House) -> None:
    house.enter()
    house.later(days=1)
    fail(house, 3, of=3)
    browser, _ = house.enter()
    assert "There were 3 failed attempts to log in as you since Friday, 1 May 2026, 12:00 UTC." in words(
        browser.get("/settings")
    )
    again, _ = house.enter()
    assert "failed attempt" not in words(again.get("/settings"))
    fail(house, 1)
    assert "There was 1 failed attempt to log in as you since Saturday, 2 May 2026" in words(
        house.enter()[0].get("/settings")
    )


def test_users_are_told_of_failures_in_their_own_language_and_zone(house: House) -> None:
    browser, _ = house.enter()
    chosen = {"language": "de", "time_zone": "Europe/Berlin"}
    assert browser.post("/settings/look", chosen, token=browser.token("/settings")).status_code == 303
    fail(house, 3, of=3)
    told = words(house.enter()[0].get("/settings"))
    assert "Freitag, 1. Mai 2026, 14:00 MESZ" in told


def test_before_the_first_login_failures_are_told_since_the_first(house: House) -> None:
    fail(house, 1)
    house.later(days=2)
    fail(house, 1)
    assert "2 failed attempts to log in as you since Friday, 1 May 2026" in words(house.enter()[0].get("/settings"))


def test_a_password_that_is_asked_for_again_counts_and_a_right_one_does_not(house: House) -> None:
    browser, _ = house.enter()
    for _ in range(12):
        answer = browser.post("/security/code", {"password": "old"}, token=browser.token("/security"))
        assert answer.status_code == 303
    wrong = [
        browser.post("/security/code", {"password": "wrong"}, token=browser.token("/security")).status_code
        for _ in range(11)
    ]
    assert wrong == [422] * 10 + [429]
    assert browser.post("/security/code", {"password": "old"}, token=browser.token("/security")).status_code == 429
