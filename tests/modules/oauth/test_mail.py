"""Mail by the login at a provider: read and sent with tokens that a real Dovecot asks the provider about."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.dovecot import dovecot_missing
from modules.imap.api import ConnectionPool
from tests.core.web.door import Browser
from tests.modules.oauth.mail import MailHouse, open_mail_house, open_mail_site
from tests.modules.oauth.site import OauthSite, address_on, ask_provider, asked_for, come_back, words
from tests.servers.authorization import Someone
from tests.servers.mail_user import MailUser
from tests.servers.needs import missing

pytestmark = pytest.mark.servers
LETTER = "From: Bob <bob@example.test>\nTo: Ada\nSubject: %s\n\nHello\n"


@pytest.fixture(scope="module", params=["oauthbearer xoauth2", "xoauth2"])
def house(request: pytest.FixtureRequest) -> Iterator[MailHouse]:
    lack = dovecot_missing()
    if lack:
        missing(lack)
    with open_mail_house(str(request.param)) as house:
        yield house


@pytest.fixture
def user(house: MailHouse) -> Iterator[MailUser]:
    provider = house.provider
    provider.grants.clear()
    provider.asked.clear()
    provider.forms.clear()
    yield from house.new_user()


@pytest.fixture
def site(tmp_path: Path, house: MailHouse, user: MailUser) -> Iterator[OauthSite]:
    with open_mail_site(tmp_path, house) as site:
        yield site


def connect(browser: Browser, **fields: str) -> str:
    """Connect a mailbox; where it leads in the end."""
    browser.post("/oauth/connect/work", fields, token=browser.token("/security"))
    back = come_back(browser, ask_provider(address_on(browser.get("/oauth/leave"))))
    return str(browser.get(back.location).location if back.location == "/oauth/finish" else back.location)


def test_who_logs_in_reads_their_mail(site: OauthSite, user: MailUser) -> None:
    user.append(LETTER % "Tomatoes")
    browser, back = site.log_in()
    assert back.location == "/mail/"
    assert "Tomatoes" in words(browser.get("/mail/main/INBOX/"))
    assert site.provider.queries[-1]["scope"] == "openid email profile offline_access"
    assert site.provider.count("/introspect") >= 1


def test_a_token_that_ended_is_renewed_between_two_pages(site: OauthSite, user: MailUser) -> None:
    browser, _ = site.log_in()
    user.append(LETTER % "Later")
    site.later(minutes=59, seconds=30)
    browser.get("/mail/main/INBOX/")
    assert "Later" in words(browser.get("/mail/main/INBOX/"))
    assert site.provider.renewals() == 1


def test_access_that_was_taken_back_is_told_and_can_be_given_again(site: OauthSite, user: MailUser) -> None:
    browser, _ = site.log_in()
    site.provider.revoke_all()
    page = browser.get("/mail/main/INBOX/")
    assert page.location == "/security"
    told = words(browser.get("/security"))
    assert "Work does not let this site in any more." in told and "Connect again" in told
    user.append(LETTER % "Again")
    assert connect(browser, account="main") == "/mail/main/INBOX/"
    assert "Again" in words(browser.get("/mail/main/INBOX/"))


def test_another_mailbox_does_not_become_that_of_the_login(site: OauthSite, user: MailUser) -> None:
    browser, _ = site.log_in()
    site.provider.someone = Someone("1833", "charles@example.test")
    assert connect(browser, account="main") == "/security"
    assert "which is another mailbox" in words(browser.get("/security"))


def test_a_disconnected_mailbox_is_closed_in_every_session_at_once(site: OauthSite, user: MailUser) -> None:
    browser, _ = site.log_in()
    other, _ = site.log_in()
    assert other.get("/mail/main/INBOX/").status_code == 200
    done = browser.post("/oauth/disconnect", {"account": "main"}, token=browser.token("/security"))
    assert done.location == "/security"
    assert "The mailbox is disconnected." in words(browser.get("/security"))
    assert other.get("/mail/main/INBOX/").location == "/security"
    assert site.provider.count("/revoke") == 1


def test_the_security_page_says_who_can_read_what_is_stored(site: OauthSite) -> None:
    browser, _ = site.log_in()
    told = words(browser.get("/security"))
    assert "This site knows no password of yours." in told
    assert "Whoever controls the server can read it." in told


def test_what_is_chosen_is_kept_for_the_same_person(site: OauthSite) -> None:
    browser, _ = site.log_in()
    browser.post("/settings/look", {"theme": "dark"}, token=browser.token("/settings"))
    again, _ = site.log_in()
    assert 'data-theme="dark"' in words(again.get("/settings"))


def test_a_further_mailbox_is_connected_without_a_password(site: OauthSite, user: MailUser, house: MailHouse) -> None:
    browser, _ = site.log_in()
    further = next(second := house.new_user())
    further.append(LETTER % "Further")
    where = connect(browser)
    assert where.startswith("/mail/a") and "Further" in words(browser.get(where))
    assert asked_for(f"?{_last_query(site)}")["prompt"] == "select_account"
    assert connect(browser) == where
    accounts = words(browser.get("/accounts"))
    assert further.name in accounts and "Connect Work" in accounts
    _take_back(site, browser, where)
    name = where.split("/")[2]
    browser.post(f"/accounts/{name}/remove", token=browser.token("/accounts"))
    assert browser.get(where).status_code == 404
    assert next(second, None) is None


def _take_back(site: OauthSite, browser: Browser, where: str) -> None:
    """The provider takes access back: that is told where the mailbox can be connected again."""
    site.provider.revoke_all()
    site.later(minutes=59, seconds=30)
    assert browser.get(where).location == "/accounts"
    accounts = words(browser.get("/accounts"))
    assert "is not connected any more: Work does not let this site in." in accounts
    name = where.split("/")[2]
    site.provider.someone = Someone("1", "nobody@example.test")
    ahead = time.time() + 3570
    site.provider.claims = {"iat": ahead, "exp": ahead + 600}
    assert connect(browser, account=name) == "/accounts"
    site.provider.claims = {}
    assert "which is another mailbox" in words(browser.get("/accounts"))


def test_a_token_that_the_mail_server_takes_no_more_is_replaced(site: OauthSite, user: MailUser) -> None:
    browser, _ = site.log_in()
    where = connect(browser)
    user.append(LETTER % "Once more")
    for place in ("/mail/main/INBOX/", where):
        for grant in site.provider.grants:
            grant.access = "taken-back"
        _hang_up(site)
        tried = browser.get(place)
        assert tried.status_code == 502 and "Please try once more." in words(tried)
        assert "Once more" in words(browser.get(place))
    assert site.provider.renewals() == 2


def _hang_up(site: OauthSite) -> None:
    """Close every connection, as time does."""
    (pool,) = site.site.application.shared.find(ConnectionPool) or ()
    assert isinstance(pool, ConnectionPool)
    for session, _ in list(pool._shelves):
        pool.close_session(session)


def _last_query(site: OauthSite) -> str:
    return "&".join(f"{name}={value}" for name, value in site.provider.queries[-1].items())


def test_mail_is_sent_with_the_same_token(site: OauthSite, user: MailUser, house: MailHouse) -> None:
    if house.postfix is None:
        missing("Postfix cannot run here.")
    browser, _ = site.log_in()
    page = words(browser.get("/compose"))
    token = page.split('name="token" value="')[1].split('"')[0]
    sent = browser.post(
        "/compose",
        {"token": token, "to": user.name, "subject": "To myself", "body": "Hello", "account": "main"},
        token=browser.token("/settings"),
    )
    assert sent.status_code == 303, words(sent)
    end = time.monotonic() + 120
    while not (found := user.messages()) and time.monotonic() < end:
        time.sleep(0.1)
    assert b"Subject: To myself" in found[0]
