"""What is stored for a user, after their password was changed elsewhere."""

import re
from concurrent.futures import ThreadPoolExecutor

import flask
import pytest

from tests.core.visitor.moments import at_the_same_moment
from tests.core.web.door import Browser
from tests.modules.security.house import House


def theme(browser: Browser) -> str:
    page = browser.get("/settings").get_data(as_text=True)
    found = re.search(r'data-theme="([a-z]+)"', page)
    assert found is not None
    return found[1]


def words(answer: flask.Response) -> str:
    return answer.get_data(as_text=True)


def settle(house: House, name: str = "ada") -> Browser:
    """A user who likes it dark and logs out."""
    browser, _ = house.enter(name)
    browser.post("/settings/look", {"theme": "dark"}, token=browser.token("/settings"))
    assert theme(browser) == "dark"
    return browser


def make_code(browser: Browser, password: str = "old") -> str:
    """A recovery code that was confirmed."""
    token = browser.token("/security")
    assert browser.post("/security/code", {"password": password}, token=token).location == "/security/code"
    code = "-".join(re.findall(r"<code>(\w{4}|.)</code>", words(browser.get("/security/code"))))
    groups = code.split("-")
    kept = browser.post("/security/code/keep", {"first": groups[1].lower(), "second": f" {groups[5]} "}, token=token)
    assert kept.location == "/security"
    return code


@pytest.fixture
def locked(house: House) -> Browser:
    """Ada, whose password was changed elsewhere, after her login with the new one."""
    settle(house)
    house.passwords["ada"] = "new"
    browser, led = house.enter()
    assert led == "/security/unlock"
    return browser


def post(browser: Browser, where: str, **fields: str) -> flask.Response:
    return browser.post(where, fields, token=browser.token("/security/unlock"))


def test_the_usual_login_leads_on_and_nothing_is_to_be_unlocked(house: House) -> None:
    browser, led = house.enter()
    assert led == "/mail/"
    assert browser.get("/security/unlock").location == "/security"


def test_until_it_is_unlocked_nothing_stored_is_read_or_overwritten(house: House, locked: Browser) -> None:
    assert theme(locked) == "automatic"
    refused = locked.post("/settings/look", {"theme": "light"}, token=locked.token("/settings"))
    assert refused.status_code == 409 and "is locked, because your password was changed elsewhere" in words(refused)
    assert "Unlock it" in words(locked.get("/security"))
    house.passwords["ada"] = "old"
    assert theme(house.enter()[0]) == "dark"


def test_the_old_password_opens_everything_and_the_new_one_does_from_then_on(house: House, locked: Browser) -> None:
    answer = post(locked, "/security/unlock", old_password="old")
    assert (answer.status_code, theme(locked)) == (303, "dark")
    browser, led = house.enter()
    assert (led, theme(browser)) == ("/mail/", "dark")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"old_password": "older"}, "does not open it either"),
        ({}, "is missing: type it"),
        ({"code": "ABC"}, "has 3 letters"),
    ],
)
def test_a_wrong_way_is_told_and_the_page_stays(locked: Browser, fields: dict[str, str], reason: str) -> None:
    answer = post(locked, "/security/unlock", **fields)
    assert answer.status_code == 422 and reason in words(answer)


def test_the_recovery_code_opens_everything(house: House) -> None:
    code = make_code(settle(house))
    house.passwords["ada"] = "new"
    browser, _ = house.enter()
    assert "With your recovery code" in words(browser.get("/security/unlock"))
    assert post(browser, "/security/unlock", code=code.lower().replace("-", " ")).status_code == 303
    assert theme(browser) == "dark"
    assert "It was used since: make a new one." not in words(browser.get("/security"))


def test_a_code_that_was_used_later_is_to_be_replaced(house: House) -> None:
    code = make_code(settle(house))
    house.later(hours=1)
    house.passwords["ada"] = "new"
    browser, _ = house.enter()
    post(browser, "/security/unlock", code=code)
    assert "It was used since: make a new one." in words(browser.get("/security"))


def test_the_code_of_another_user_opens_nothing(house: House) -> None:
    code = make_code(settle(house, "bob"))
    settle(house)
    house.passwords["ada"] = "new"
    browser, _ = house.enter()
    assert "With your recovery code" not in words(browser.get("/security/unlock"))
    answer = post(browser, "/security/unlock", code=code)
    assert answer.status_code == 422 and theme(browser) == "automatic"


def test_a_new_code_takes_the_place_of_the_old_one(house: House) -> None:
    browser = settle(house)
    old, new = make_code(browser), make_code(browser)
    house.passwords["ada"] = "new"
    browser, _ = house.enter()
    assert "is not your recovery code" in words(post(browser, "/security/unlock", code=old))
    assert post(browser, "/security/unlock", code=new).status_code == 303


def test_beginning_afresh_has_to_be_meant(house: House, locked: Browser) -> None:
    refused = post(locked, "/security/afresh")
    assert refused.status_code == 422 and "has to be ticked" in words(refused)
    assert post(locked, "/security/afresh", sure="1").status_code == 303
    assert theme(locked) == "automatic"
    locked.post("/settings/look", {"theme": "light"}, token=locked.token("/settings"))
    browser, led = house.enter()
    assert (led, theme(browser)) == ("/mail/", "light")


def test_who_is_not_locked_cannot_begin_afresh(house: House) -> None:
    browser = settle(house)
    refused = browser.post("/security/afresh", {"sure": "1"}, token=browser.token("/security"))
    assert refused.location == "/security" or refused.status_code == 409
    assert theme(browser) == "dark"


def test_unlocking_twice_does_no_harm(house: House) -> None:
    browser = settle(house)
    assert browser.post("/security/unlock", {"old_password": "x"}, token=browser.token("/security")).status_code == 303
    assert theme(browser) == "dark"


def test_a_code_takes_the_password_once_more(house: House) -> None:
    browser = settle(house)
    refused = browser.post("/security/code", {"password": "wrong"}, token=browser.token("/security"))
    assert refused.status_code == 422 and "is not your password" in words(refused)
    assert browser.get("/security/code").location == "/security"


def test_a_code_counts_when_it_was_written_down(house: House) -> None:
    browser = settle(house)
    token = browser.token("/security")
    browser.post("/security/code", {"password": "old"}, token=token)
    refused = browser.post("/security/code/keep", {"first": "WRNG", "second": "WRNG"}, token=token)
    assert refused.status_code == 422 and "is not what the code says there" in words(refused)
    assert 'value="WRNG"' in words(refused)
    assert "You have no recovery code." in words(browser.get("/security"))


def test_a_code_that_was_not_made_cannot_be_kept(house: House) -> None:
    browser = settle(house)
    answer = browser.post("/security/code/keep", {"first": "a", "second": "b"}, token=browser.token("/security"))
    assert answer.status_code in (303, 409)
    assert "You have no recovery code." in words(browser.get("/security"))


def test_the_locked_make_no_code(house: House, locked: Browser) -> None:
    answer = post(locked, "/security/code", password="new")
    assert answer.status_code == 401 or "Unlock" in words(answer)
    assert locked.get("/security/code").location == "/security"


def test_after_two_logins_with_new_passwords_the_old_one_still_opens(house: House, locked: Browser) -> None:
    house.passwords["ada"] = "newer"
    browser, led = house.enter()
    assert led == "/security/unlock"
    assert post(browser, "/security/unlock", old_password="old").status_code == 303
    house.passwords["ada"] = "newer"
    assert theme(house.enter()[0]) == "dark"


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


def enter_from(house: House, agent: str, address: str, name: str = "ada") -> Browser:
    browser = Browser(house.app.test_client(), address, agent=agent)
    token = browser.token()
    sent = {"username": name, "password": house.passwords[name]}
    assert browser.post("/login", sent, token=token).status_code == 303
    return browser


def test_a_user_sees_where_they_are_logged_in(house: House) -> None:
    enter_from(house, PHONE, "2001:db8:7:8::1")
    house.later(hours=1)
    here = enter_from(house, FIREFOX, "192.0.2.77")
    enter_from(house, PHONE, "198.51.100.1", "bob")
    page = words(here.get("/security"))
    found = re.findall(r"<strong>([^<]*)</strong>|<span>([0-9a-f:./]+)</span> ·", page)
    assert [one or other for one, other in found] == [
        "Firefox · Linux", "192.0.2.0/24", "Safari · iPhone", "2001:db8:7::/48",
    ]  # fmt: skip
    assert page.count("this one") == 1


def test_another_device_can_be_logged_out(house: House) -> None:
    phone, here = enter_from(house, PHONE, "192.0.2.1"), enter_from(house, FIREFOX, "192.0.2.2")
    (end,) = re.findall(r"/security/sessions/[0-9a-f]{32}/end", words(here.get("/security")))
    assert here.post(end, token=here.token("/security")).status_code == 303
    assert (phone.get("/settings").status_code, here.get("/settings").status_code) == (303, 200)
    assert here.post(end, token=here.token("/security")).status_code == 404


def test_the_session_of_another_user_cannot_be_ended(house: House) -> None:
    bob, other = enter_from(house, PHONE, "192.0.2.1", "bob"), enter_from(house, FIREFOX, "192.0.2.1", "bob")
    (end,) = re.findall(r"/security/sessions/[0-9a-f]{32}/end", words(bob.get("/security")))
    ada = enter_from(house, FIREFOX, "192.0.2.2")
    assert ada.post(end, token=ada.token("/security")).status_code == 404
    assert ada.post("/security/sessions/x/end", token=ada.token("/security")).status_code == 422
    ada.post("/security/sessions/end-others", token=ada.token("/security"))
    assert {browser.get("/settings").status_code for browser in (bob, other)} == {200}


def test_everything_else_can_be_logged_out_at_once(house: House) -> None:
    others = [enter_from(house, PHONE, "192.0.2.1") for _ in range(3)]
    here = enter_from(house, FIREFOX, "192.0.2.2")
    assert "Log out everywhere else" in words(here.get("/security"))
    assert here.post("/security/sessions/end-others", token=here.token("/security")).status_code == 303
    assert {browser.get("/settings").status_code for browser in others} == {303}
    assert "Log out everywhere else" not in words(here.get("/security"))


def test_a_device_of_before_a_fresh_beginning_is_unknown(house: House) -> None:
    enter_from(house, PHONE, "192.0.2.1")
    house.passwords["ada"] = "new"
    browser, _ = house.enter()
    post(browser, "/security/afresh", sure="1")
    assert "Unknown device" in words(browser.get("/security"))


def test_two_browsers_that_come_for_the_first_time_at_once_both_come_in(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_the_same_moment(monkeypatch), ThreadPoolExecutor(2) as browsers:
        (first, led), (second, other) = browsers.map(house.enter, ["ada"] * 2)
    assert led == other == "/mail/"
    first.post("/settings/look", {"theme": "dark"}, token=first.token("/settings"))
    assert theme(first) == theme(second) == theme(house.enter()[0]) == "dark"
