"""Changing the password of a local account."""

import re

import flask
import pytest

from core import Clock, Keyring, Secret, ServerKeys, crypto
from modules.local.names import AccountName
from modules.local.store import LocalAccount, LocalAccounts
from tests.core.web.door import Browser
from tests.modules.local.conftest import EVE, NEW, OLD, Home
from tests.modules.security.test_security import make_code, theme, words

PAGE = "/security/password"


def change(browser: Browser, where: str = PAGE, **fields: str) -> flask.Response:
    sent = {"current": OLD, "new": NEW, "again": NEW, "others": "1", **fields}
    return browser.post(where, {name: value for name, value in sent.items() if value}, token=browser.token(PAGE))


def like_dark(browser: Browser) -> None:
    browser.post("/settings/look", {"theme": "dark"}, token=browser.token("/settings"))


def keyring(home: Home) -> Keyring:
    (found,) = home.house.site.application.shared.find(Keyring) or ()
    assert isinstance(found, Keyring)
    return found


def test_the_new_password_counts_and_opens_everything_and_the_old_one_nothing(home: Home) -> None:
    browser = home.enter()
    like_dark(browser)
    assert change(browser).location == "/security"
    assert "Your new password counts from now on." in words(browser.get("/security"))
    assert theme(browser) == theme(home.enter(password=NEW)) == "dark"
    assert not home.may_enter(password=OLD)
    assert keyring(home).unlock(EVE, Secret(OLD)) is None


def test_a_recovery_code_stays_good_after_a_change(home: Home) -> None:
    browser = home.enter()
    code = make_code(browser, OLD)
    change(browser)
    assert "Your recovery code was made on" in words(browser.get("/security")) and len(code) > 32


def test_other_devices_are_logged_out_and_this_one_gets_a_new_session(home: Home) -> None:
    browser, other = home.enter(), home.enter()
    stolen = Browser(home.house.app.test_client())
    for cookie in ("hm3_session", "hm3_key"):
        kept = browser.client.get_cookie(cookie)
        if kept is not None:
            stolen.client.set_cookie(cookie, kept.value)
    change(browser)
    home.house.later(minutes=1)
    assert browser.get("/settings").status_code == 200
    assert other.get("/settings").status_code == stolen.get("/settings").status_code == 303


def test_other_devices_stay_where_that_is_wanted(home: Home) -> None:
    browser, other = home.enter(), home.enter()
    assert change(browser, others="").status_code == 303
    assert other.get("/settings").status_code == 200


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"current": "wrong"}, "is not your password"),
        ({"current": ""}, "is missing"),
        ({"new": "", "again": ""}, "is shorter than 12 characters"),
        ({"new": "short", "again": "short"}, "is shorter than 12 characters"),
        ({"again": "copper harbour 8"}, "is not the same as the first time"),
        ({"new": OLD, "again": OLD}, "is the one you have already"),
        ({"new": "eve@example.org1", "again": "eve@example.org1"}, "is little more than your own name"),
        ({"new": "passwordpassword", "again": "passwordpassword"}, "is one that many people use"),
        ({"new": "x" * 1025, "again": "x" * 1025}, "is longer than 1024 characters"),
    ],
)
@pytest.mark.parametrize("others", ["", "1"])
def test_what_is_wrong_is_told_and_nothing_is_changed(
    home: Home, fields: dict[str, str], reason: str, others: str
) -> None:
    answer = change(home.enter(), **fields, others=others)
    page = words(answer)
    assert answer.status_code == 422 and reason in page
    ticked = re.search(r'name="others" value="1"( checked)?>', page)
    assert ticked is not None and bool(ticked[1]) == bool(others)
    assert OLD not in page and NEW not in page
    assert home.may_enter()


def test_the_box_is_ticked_at_first(home: Home) -> None:
    assert 'name="others" value="1" checked' in words(home.enter().get(PAGE))


def test_users_whose_password_is_kept_elsewhere_are_offered_nothing(home: Home) -> None:
    browser, _ = home.house.enter("ada")
    assert PAGE not in words(browser.get("/security")) and browser.get(PAGE).status_code == 404
    answer = browser.post(PAGE, {"current": "old", "new": NEW, "again": NEW}, token=browser.token("/security"))
    assert answer.status_code == 404


def test_the_security_page_says_since_when_the_password_counts(home: Home) -> None:
    assert "Yours counts since" in words(home.enter().get("/security"))


def reset(home: Home, password: str) -> None:
    """An admin gives eve another password."""
    home.accounts.change(AccountName(EVE), home.accounts.with_password(home.hasher.hash(Secret(password))))


def test_after_an_admin_gave_a_new_password_the_old_one_opens_what_is_stored(home: Home) -> None:
    like_dark(home.enter())
    reset(home, NEW)
    browser, answer = home.log_in(password=NEW)
    assert answer.location == "/security/unlock" and theme(browser) == "automatic"
    browser.post("/security/unlock", {"old_password": OLD}, token=browser.token("/security/unlock"))
    assert theme(browser) == theme(home.enter(password=NEW)) == "dark"


def test_who_changes_the_password_while_all_is_locked_unlocks_with_the_newest(home: Home) -> None:
    like_dark(home.enter())
    reset(home, NEW)
    browser, _ = home.log_in(password=NEW)
    newest = "granite willow 3"
    assert change(browser, current=NEW, new=newest, again=newest).location == "/security"
    browser.post("/security/unlock", {"old_password": OLD}, token=browser.token("/security/unlock"))
    assert theme(home.enter(password=newest)) == "dark" and not home.may_enter(password=NEW)


def test_hash_and_key_change_together_or_not_at_all(home: Home) -> None:
    like_dark(home.enter())
    key = keyring(home).unlock(EVE, Secret(OLD))
    assert key is not None

    def fail(connection: object) -> None:
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        keyring(home).set_password(EVE, key, Secret(NEW), forget_others=True, beside=fail)
    assert keyring(home).unlock(EVE, Secret(OLD)) == key and keyring(home).unlock(EVE, Secret(NEW)) is None
    assert theme(home.enter()) == "dark"


def test_who_deletes_the_account_is_gone(home: Home) -> None:
    browser = home.enter()
    page = words(browser.get("/security/erase"))
    assert "Delete my account" in page and "nobody can log in with your name any more" in page
    fields = {"password": OLD, "name": EVE.upper()}
    assert browser.post("/security/erase", fields, token=browser.token("/security/erase")).location == "/erased"
    assert home.accounts.find(EVE) is None and not home.may_enter()


def test_accounts_are_sealed_anew_under_a_new_server_key(home: Home) -> None:
    roots, told = [crypto.new_key()], list[int]()
    accounts = LocalAccounts(home.house.database, ServerKeys(lambda: tuple(roots), b"l" * 32), Clock())
    home.accounts.delete(EVE)
    accounts.add(LocalAccount("zoe", "hash of zoe"))
    assert accounts.reseal(told.append) == 0 and told == []
    roots.insert(0, crypto.new_key())
    assert accounts.reseal(told.append) == 1 and told == [1]
    roots.pop()
    found = accounts.find("zoe")
    assert found is not None and found.hash == "hash of zoe"
