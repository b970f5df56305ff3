"""A browser that stays logged in, and one on which no code is asked for, as their user meets them."""

import time

import pyotp
import pytest
from selenium.webdriver.common.by import By

from tests.browser.person import INBOX, Person

pytestmark = [pytest.mark.browser, pytest.mark.servers]


def come_back(person: Person) -> None:
    """Close the browser and open it again: what lasts no longer is gone."""
    for name in ("hm3_session", "hm3_key", "hm3_form"):
        person.browser.delete_cookie(name)


def log_in(person: Person, *boxes: str) -> None:
    person.open("/login")
    for box in boxes:
        assert not person.one(f"[name={box}]").is_selected()
        person.one(f"[name={box}]").click()
    person.one("[name=username]").send_keys(person.user.name)
    person.one("[name=password]").send_keys(f"{person.user.password}\n")


def test_a_remembered_browser_never_sees_the_login_page_until_it_is_forgotten(person: Person) -> None:
    log_in(person, "remember")
    person.wait_for("#list-pane")
    come_back(person)
    person.open(INBOX)
    assert person.wait_for("#list-pane") and person.path == INBOX
    come_back(person)
    person.open("/security")
    section = person.one("section[aria-labelledby=remembered-title]")
    assert "this one" in section.text
    section.find_element(By.TAG_NAME, "button").click()
    person.wait_for_text("body", "From now on that device needs your password.")
    come_back(person)
    person.open(INBOX)
    assert person.wait_for("[name=username]")


def test_on_a_trusted_browser_the_password_alone_is_asked_for(person: Person) -> None:
    log_in(person)
    person.wait_for("#list-pane")
    person.open("/security/two-factor")
    app = pyotp.TOTP("".join(one.text for one in person.all(".recovery-code code")))
    person.one("[name=code]").send_keys(app.now())
    person.one("[name=password]").send_keys(f"{person.user.password}\n")
    person.wait_for(".recovery-codes")
    come_back(person)
    log_in(person)
    person.wait_for("[name=trust]").click()
    # A phone that is one step ahead: the step of now is spent.
    person.one("[name=code]").send_keys(f"{app.at(int(time.time()) + 30)}\n")
    person.wait_for("#list-pane")
    come_back(person)
    log_in(person)
    person.wait_for("#list-pane")
    person.open("/security/two-factor")
    assert "this one" in person.one(".device-list").text
