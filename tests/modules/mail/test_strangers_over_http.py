"""Whose mail it is: strangers, two users of one server, and cookies of a session that has ended."""

import re
import threading
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from core import Access, Page
from tests.core.web.door import Browser
from tests.modules.mail.letters import plain, with_files
from tests.modules.webmail import Webmail
from tests.servers.mail_user import MailUser, new_user

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"
_FIELD = re.compile(r"<(?:\w+:)?(\w+)>")
_PATH = {
    "account": "main",
    "mailbox": "INBOX",
    "uid": "1",
    "number": "1",
    "at": "0",
    "section": "reading",
    "id": "x",
    "name": "club",
}
OPEN_TO_ANYONE = {"login.login", "login.password", "login.logout", "login.home", "security.gone"} | {
    "passkeys.request",
    "passkeys.finish",
    "throttle.unlock",
    "throttle.free",
    "throttle.freed",
}
COOKIES = ("hm3_session", "hm3_key", "hm3_form")


def address(page: Page) -> str:
    """Where a page is; a path field that has no example here raises KeyError, so that none is left out."""
    return _FIELD.sub(lambda found: _PATH[found[1]], page.rule)


def closed(webmail: Webmail) -> Iterator[Page]:
    """The pages that want a login."""
    return (page for page in webmail.site.application.wiring.pages if page.access is not Access.ANYONE)


def answers(client: FlaskClient, number: int, page: Page, token: str) -> tuple[int, str, int]:
    """What a browser gets of a page: status and where it is led; and the status that a script gets.

    Each page is asked for from another network, so that no bound on attempts answers in the page's place.
    """
    browser = Browser(client, f"10.1.{number}.1")
    where, script = address(page), {"Accept": "application/json"}
    if page.method == "GET":
        seen = browser.get(where)
        return seen.status_code, (seen.location or "").partition("?")[0], browser.get(where, **script).status_code
    sent = browser.post(where, {}, token=token)
    return sent.status_code, sent.location or "", browser.post(where, {}, token=token, **script).status_code


def refused(page: Page) -> tuple[int, str, int]:
    """What somebody gets who is not logged in: pages lead to the login, what was sent is kept in an answer."""
    return (303, "/login", 401) if page.method == "GET" else (401, "", 401)


def test_only_the_login_is_open_to_anyone(webmail: Webmail) -> None:
    assert {page.name for page in webmail.site.application.wiring.pages} - {
        page.name for page in closed(webmail)
    } == OPEN_TO_ANYONE


def test_a_stranger_is_led_to_the_login_from_every_page(webmail: Webmail, mail_user: MailUser) -> None:
    mail_user.append(plain("Secret words"))
    stranger = webmail.visitor().browser
    token = stranger.token("/login")
    told = {page.name: answers(stranger.client, at, page, token) for at, page in enumerate(closed(webmail))}
    assert told == {page.name: refused(page) for page in closed(webmail)}
    assert len(told) > 30 and mail_user.uids() == [1]


def test_after_the_log_out_the_old_cookies_open_no_page(webmail: Webmail) -> None:
    client = webmail.browser.client
    kept = {name: cookie.value for name in COOKIES if (cookie := client.get_cookie(name))}
    assert {"hm3_session", "hm3_key"} <= set(kept) and webmail.see(INBOX).status == 200
    webmail.log_out()
    thief = webmail.visitor().browser
    for name, value in kept.items():
        thief.client.set_cookie(name, value)
    token = thief.token("/login")
    told = {page.name: answers(thief.client, at, page, token) for at, page in enumerate(closed(webmail))}
    assert told == {page.name: refused(page) for page in closed(webmail)}


@pytest.fixture
def other(mail_user: MailUser) -> MailUser:
    """Another user of the same server."""
    return new_user(mail_user.dovecot)


@pytest.fixture
def neighbour(webmail: Webmail, other: MailUser) -> Webmail:
    """The other user's browser, before the same site."""
    visitor = webmail.visitor()
    visitor.log_in(other.name, other.password)
    return visitor


def test_the_same_address_is_each_users_own_mail(
    webmail: Webmail, mail_user: MailUser, neighbour: Webmail, other: MailUser
) -> None:
    uid = mail_user.append(with_files(("a.bin", b"of one"), subject="Of one"))
    assert other.append(with_files(("a.bin", b"of the other"), subject="Of the other")) == uid
    for _ in range(2):
        assert webmail.see(INBOX).texts(".row-subject") == ["Of one"]
        assert neighbour.see(INBOX).texts(".row-subject") == ["Of the other"]
        assert webmail.see(f"{INBOX}{uid}").one("#subject").text() == "Of one"
        assert neighbour.see(f"{INBOX}{uid}").one("#subject").text() == "Of the other"
        assert webmail.browser.get(f"{INBOX}{uid}/part/2").get_data() == b"of one"
        assert neighbour.browser.get(f"{INBOX}{uid}/part/2").get_data() == b"of the other"
    assert neighbour.see(f"{INBOX}?q=subject:one").texts(".row-subject") == []


@pytest.mark.parametrize(
    "page", ["", "/frame", "/frame/remote", "/headers", "/print", "/source", "/part/1", "/attachments.zip"]
)
def test_a_message_of_one_user_is_on_no_page_of_another(
    webmail: Webmail, mail_user: MailUser, neighbour: Webmail, page: str
) -> None:
    uid = mail_user.append(with_files(("a.bin", b"1")))
    assert webmail.browser.get(f"{INBOX}{uid}{page}").status_code == 200
    assert neighbour.browser.get(f"{INBOX}{uid}{page}").status_code == 404


def test_what_one_user_does_leaves_the_mail_of_another_alone(
    webmail: Webmail, mail_user: MailUser, neighbour: Webmail, other: MailUser
) -> None:
    uid = mail_user.append(plain())
    other.append(plain())
    mail_user.create("Private")
    assert neighbour.tell(f"{INBOX}messages", {"action": "erase", "all": "1"})[0] == 200
    assert (mail_user.uids(), other.uids()) == ([uid], [])
    assert neighbour.see("/mail/main/Private/").status == 404


def test_users_who_ask_at_the_same_time_get_each_their_own(
    webmail: Webmail, mail_user: MailUser, neighbour: Webmail, other: MailUser
) -> None:
    mail_user.append(plain("Of one"))
    other.append(plain("Of the other"))
    seen: dict[str, set[str]] = {"one": set(), "other": set()}

    def look(name: str, browser: Webmail) -> None:
        for _ in range(10):
            seen[name].update(browser.see(f"{INBOX}?part=mail.rows").texts(".row-subject"))

    threads = [threading.Thread(target=look, args=who) for who in (("one", webmail), ("other", neighbour)) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert seen == {"one": {"Of one"}, "other": {"Of the other"}}
