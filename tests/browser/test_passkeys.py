"""Passkeys in a real browser, whose authenticator is made of software: alone, after the password, and cancelled."""

from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome

from tests.browser.person import Person
from tests.browser.site import Site
from tests.servers.mail_user import MailUser

pytestmark = [pytest.mark.browser, pytest.mark.servers]

HERE = "/security/passkeys"
DEVICE = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "hasPrf": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def person(selenium: Chrome, site: Site, mail_user: MailUser) -> Iterator[Person]:
    """A fresh user before a browser that reaches the site by a name: browsers take no passkeys for mere addresses."""
    person = Person(selenium, mail_user, site.address.replace("127.0.0.1", "localhost"))
    person.tell_browser("WebAuthn.enable", enableUI=False)
    yield person
    person.tell_browser("WebAuthn.disable")
    assert person.complaints() == []


def put_in(person: Person, **options: object) -> str:
    """Give the browser an authenticator; what it is called."""
    return str(person.tell_browser("WebAuthn.addVirtualAuthenticator", options=DEVICE | options)["authenticatorId"])


def add(person: Person, name: str, use: str = "login") -> None:
    """Add a passkey by the form."""
    person.open(HERE)
    person.wait_for("[name=name]").send_keys(name)
    person.one(f"[name=use][value={use}]").click()
    person.one("#key-password").send_keys(f"{person.user.password}\n")
    person.wait_for_text("h1", name)


def log_out(person: Person) -> None:
    person.open("/settings")
    person.use("Log out")
    person.wait_for("[name=password]")


def suggest_nothing(person: Person) -> None:
    """Have the browser suggest no passkeys: the authenticator would take part without being asked by anybody."""
    source = "PublicKeyCredential.isConditionalMediationAvailable = async () => false;"
    person.tell_browser("Page.addScriptToEvaluateOnNewDocument", source=source)


def test_a_passkey_that_the_form_suggests_logs_in(person: Person) -> None:
    put_in(person)
    person.enter()
    add(person, "My phone")
    person.open("/settings")
    person.use("Log out")
    person.wait_for("#list-pane")
    assert person.path == "/mail/main/INBOX/"


def test_a_passkey_is_added_and_logs_in_without_a_password(person: Person) -> None:
    put_in(person)
    suggest_nothing(person)
    person.enter()
    person.open("/settings")
    person.one("[name=theme] option[value=dark]").click()
    person.wait_for("#notices .notice")
    add(person, "My computer")
    assert "logs in without a password" in person.text("main")
    assert person.barriers() == []
    log_out(person)
    person.use("Log in with a passkey", "button")
    person.wait_for("#list-pane")
    assert person.one("html").get_attribute("data-theme") == "dark"
    person.open("/security")
    assert "last used" in person.text("main") and person.barriers() == []


def test_a_key_without_a_secret_is_a_second_factor_after_the_password(person: Person) -> None:
    put_in(person, hasPrf=False, hasResidentKey=False, transport="usb")
    person.enter()
    add(person, "Blue key", "factor")
    assert "second factor only" in person.text("main")
    log_out(person)
    person.log_in()
    person.wait_for("[data-start]")
    assert person.barriers() == []
    person.use("Use my passkey", "button")
    person.wait_for("#list-pane")


def test_what_fails_is_told_in_words(person: Person) -> None:
    device = put_in(person)
    suggest_nothing(person)
    person.enter()
    add(person, "Phone")
    person.open(HERE)
    person.wait_for("[name=name]").send_keys("Again")
    person.one("#key-password").send_keys(f"{person.user.password}\n")
    person.wait_for_text("[data-status]", "This device is known here already.")
    log_out(person)
    person.tell_browser("WebAuthn.clearCredentials", authenticatorId=device)
    person.use("Log in with a passkey", "button")
    person.wait_for_text("[data-status]", "No passkey answered")


def test_where_passkeys_do_not_work_the_page_says_so(person: Person, site: Site) -> None:
    person.site = site.address
    person.enter()
    person.open(HERE)
    person.wait_for_text("[data-passkeys-missing]", "Passkeys of this site work at localhost only.")
    assert not person.one("[data-passkeys-add]").is_displayed()
    there = person.named("Open this page there", "link").get_attribute("href")
    assert there == site.address.replace("127.0.0.1", "localhost") + HERE
    log_out(person)
    assert not person.one("[data-passkey-login]").is_displayed()
