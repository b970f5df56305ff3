"""Behind nginx and Caddy as config/deploy sets them up: people read, write and hear of mail as without them."""

import http.client
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from selenium.webdriver import Chrome

from demo.certificates import Certificates, make_certificates
from demo.dovecot import Dovecot
from demo.ports import free_port
from demo.submission import Submission
from tests.browser.browser import leave
from tests.browser.person import Person
from tests.browser.site import Site, serve
from tests.browser.test_events import NEVER
from tests.browser.writer import Writer
from tests.modules.mail.letters import plain
from tests.servers.mail_user import MailUser
from tests.servers.needs import missing
from tests.servers.proxies import proxy_missing, running_proxy

pytestmark = [pytest.mark.browser, pytest.mark.servers]

TOO_MUCH = """
const form = new FormData(document.querySelector("form[data-logout]"));
form.append("more", new Blob([new Uint8Array(70_000_000)]), "more");
return fetch("/logout", {method: "POST", body: form}).then((answer) => answer.status, String);
"""
SPOKEN = "return performance.getEntriesByType('navigation')[0].nextHopProtocol"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Those of the proxy."""
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def site(
    request: pytest.FixtureRequest,
    certificates: Certificates,
    dovecot: Dovecot,
    submission: Submission,
    tmp_path_factory: pytest.TempPathFactory,
    front_end: Path,
) -> Iterator[Site]:
    """A site with streams of events, behind a proxy that speaks TLS."""
    if lack := proxy_missing(request.param):
        missing(lack)
    folder = tmp_path_factory.mktemp(request.param)
    ports = (free_port(), free_port())
    address = f"https://localhost:{ports[0]}"
    told = f"address = {address}\ntrusted_proxies = 1\n"
    with serve(folder, dovecot, submission, streams=100, app=told) as behind:
        hm3 = behind.address.removeprefix("http://")
        with running_proxy(request.param, folder / "proxy", ports, certificates, hm3) as proxy:
            yield Site(address, behind.ini, proxy)


@pytest.fixture
def trusting(selenium: Chrome) -> Chrome:
    """A browser to which the proxy's authority is as good as any."""
    selenium.execute_cdp_cmd("Security.setIgnoreCertificateErrors", {"ignore": True})
    return selenium


@pytest.fixture
def person(trusting: Chrome, mail_user: MailUser, site: Site) -> Iterator[Person]:
    """A fresh user of that site."""
    person = Person(trusting, mail_user, site.address)
    yield person
    assert person.complaints() == []
    leave(trusting)


def connect(site: Site, certificates: Certificates) -> http.client.HTTPSConnection:
    """A connection to the proxy."""
    context = ssl.create_default_context(cafile=str(certificates.ca_file))
    return http.client.HTTPSConnection("localhost", int(site.address.rpartition(":")[2]), context=context, timeout=120)


def test_who_logs_in_gets_cookies_for_encrypted_ways_alone_and_speaks_http_2(person: Person) -> None:
    person.user.append(plain("Through the proxy"))
    person.enter()
    assert person.subjects() == ["Through the proxy"]
    assert person.script(SPOKEN) == "h2"
    cookies = person.browser.get_cookies()
    assert [cookie["name"] for cookie in cookies if not cookie["secure"]] == []
    assert any(cookie["name"].startswith("__Host-") for cookie in cookies)


def test_news_come_through_as_they_come(person: Person) -> None:
    person.tell_browser("Page.addScriptToEvaluateOnNewDocument", source=NEVER)
    person.enter()
    person.user.append(plain("While it was open"))
    person.wait_for_subjects("While it was open")


def test_a_message_goes_out_and_comes_back(trusting: Chrome, mail_user: MailUser, site: Site) -> None:
    writer = Writer(trusting, mail_user, site.address)
    writer.open("/login")
    writer.log_in()
    writer.begin()
    writer.write(mail_user.name, "To myself", "By way of the proxy.")
    writer.send()
    mail_user.wait_for_messages(1)
    assert writer.complaints() == []
    leave(trusting)


def test_whoever_names_an_address_of_their_own_is_not_believed(person: Person) -> None:
    person.tell_browser("Network.enable")
    person.tell_browser("Network.setExtraHTTPHeaders", headers={"X-Forwarded-For": "203.0.113.9"})
    person.enter("/security")
    text = person.text("main")
    assert "127.0.0.0/24" in text and "203.0.113" not in text


def test_a_body_that_is_too_large_is_refused_and_does_nothing(person: Person) -> None:
    person.enter()
    assert person.script(TOO_MUCH) == 413
    person.open("/security")
    assert "127.0.0.0/24" in person.text("main")


def test_answers_say_that_the_way_is_encrypted_from_now_on(site: Site, certificates: Certificates) -> None:
    connection = connect(site, certificates)
    connection.request("GET", "/login")
    answer = connection.getresponse()
    assert (answer.status, "max-age=" in cast(str, answer.getheader("Strict-Transport-Security"))) == (200, True)
    connection.close()
