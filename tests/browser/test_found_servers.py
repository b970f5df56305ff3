"""Coming in by an address: the servers are found and shown, and the password goes to them once they are confirmed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from demo.dovecot import Dovecot
from demo.submission import Submission
from tests.browser.person import INBOX, Person
from tests.browser.site import Site, serve
from tests.modules.mail.letters import plain
from tests.servers.dns import start_name_server
from tests.servers.mail_user import MailUser

pytestmark = [pytest.mark.browser, pytest.mark.servers]


@pytest.fixture(scope="module")
def found_site(
    tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot, submission: Submission, front_end: Path
) -> Iterator[Site]:
    """The program, confined, to which people come by their addresses alone."""
    with start_name_server() as names:
        names.says("_imaps._tcp.example.test", "SRV", f"0 1 {dovecot.imaps_port} localhost.")
        names.says("_submissions._tcp.example.test", "SRV", f"0 1 {submission.tls_port} localhost.")
        more = f"""\
[modules]
discovery = on
[discovery]
resolvers = 127.0.0.1
resolver_port = {names.port}
ca_file = {dovecot.ca_file}
allow_private = yes
more_ports = {dovecot.imaps_port}, {submission.tls_port}
"""
        with serve(tmp_path_factory.mktemp("found"), dovecot, submission, imap="login = off", more=more) as site:
            yield site


def test_an_address_leads_to_its_servers_and_the_password_to_the_mail(
    selenium: Chrome, found_site: Site, mail_user: MailUser
) -> None:
    mail_user.append(plain("Plants"))
    someone = Person(selenium, mail_user, found_site.address)
    someone.open("/login")
    someone.one("[name=username]").send_keys(mail_user.name + Keys.ENTER)
    someone.wait_for_path("/login/servers")
    assert [one.text for one in someone.all(".server-host")] == ["localhost", "localhost"]
    assert someone.barriers() == []
    someone.one("[name=password]").send_keys("not theirs" + Keys.ENTER)
    assert someone.wait_for("[role=alert]").text == "localhost does not take this name and password."
    someone.one("[name=password]").send_keys(mail_user.password + Keys.ENTER)
    someone.wait_for_path(INBOX)
    someone.wait_for_subjects("Plants")


def test_servers_that_nobody_tells_of_can_be_named(selenium: Chrome, found_site: Site, mail_user: MailUser) -> None:
    someone = Person(selenium, mail_user, found_site.address)
    someone.open("/login")
    someone.one("[name=username]").send_keys("ada@nowhere.test" + Keys.ENTER)
    someone.wait_for_path("/login/servers")
    assert someone.barriers() == []
    someone.one("a[href$=by-hand]").click()
    someone.wait_for_path("/login/servers/by-hand")
    assert someone.barriers() == []
    for name, text in (("username", mail_user.name), ("imap_host", "localhost")):
        someone.one(f"[name={name}]").clear()
        someone.one(f"[name={name}]").send_keys(text)
    someone.one("[name=imap_port]").clear()
    someone.one("[name=imap_port]").send_keys(str(mail_user.dovecot.imaps_port) + Keys.ENTER)
    someone.wait_for_path("/login/servers")
    someone.one("[name=password]").send_keys(mail_user.password + Keys.ENTER)
    someone.wait_for_path(INBOX)
