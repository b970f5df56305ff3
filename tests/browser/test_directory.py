"""Coming in by a directory: the program as it is served, confined, before a real slapd and real mail servers."""

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
from tests.servers.mail_user import MailUser, new_user
from tests.servers.needs import missing
from tests.servers.slapd import GROUPS, PEOPLE, Slapd, person, slapd_missing, start_slapd

pytestmark = [pytest.mark.browser, pytest.mark.servers]

EVE = f"uid=eve,{PEOPLE}"


@pytest.fixture(scope="module")
def eve(dovecot: Dovecot) -> MailUser:
    """Somebody whom the directory calls eve, and the mail server by her address."""
    return new_user(dovecot)


@pytest.fixture(scope="module")
def slapd(eve: MailUser) -> Iterator[Slapd]:
    """A directory of eve alone, who is an admin."""
    lack = slapd_missing()
    if lack:
        missing(lack)
    group = {"objectClass": "groupOfNames", "cn": "admins", "member": EVE}
    server = start_slapd(
        {EVE: person("Eve Ørsted", eve.password, uid="eve", mail=eve.name), f"cn=admins,{GROUPS}": group}
    )
    yield server
    server.stop()


@pytest.fixture(scope="module")
def directory_site(
    tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot, submission: Submission, slapd: Slapd, front_end: Path
) -> Iterator[Site]:
    """The program, which only the directory lets people into."""
    more = f"""\
[modules]
ldap = on
[ldap]
hosts = 127.0.0.2, localhost
port = {slapd.port}
security = starttls
ca_file = {slapd.ca_file}
base = {PEOPLE}
imap_name = mail
roles = admin: cn=admins,{GROUPS}
"""
    with serve(tmp_path_factory.mktemp("directory"), dovecot, submission, imap="login = off", more=more) as site:
        yield site


def log_in(selenium: Chrome, site: Site, eve: MailUser, name: str, password: str) -> Person:
    """Fill in the login form."""
    someone = Person(selenium, eve, site.address)
    someone.open("/login")
    someone.one("[name=username]").send_keys(name)
    someone.one("[name=password]").send_keys(password + Keys.ENTER)
    return someone


def test_the_directorys_password_opens_the_mail_and_its_group_the_status_page(
    selenium: Chrome, directory_site: Site, eve: MailUser
) -> None:
    eve.append(plain("Plants"))
    someone = log_in(selenium, directory_site, eve, "Eve", eve.password)
    someone.wait_for_path(INBOX)
    someone.wait_for_subjects("Plants")
    someone.open("/status")
    assert "Everything works." in someone.text("main")
    assert someone.complaints() == []


@pytest.mark.parametrize("name", ["eve", "*", "*)(uid=eve"])
def test_what_is_wrong_is_refused_in_one_sentence(
    selenium: Chrome, directory_site: Site, eve: MailUser, name: str
) -> None:
    password = "not hers" if name == "eve" else eve.password
    someone = log_in(selenium, directory_site, eve, name, password)
    assert someone.wait_for("[role=alert]").text == "The name or the password is wrong."


def test_the_mailboxs_own_name_lets_nobody_in(selenium: Chrome, directory_site: Site, eve: MailUser) -> None:
    someone = log_in(selenium, directory_site, eve, eve.name, eve.password)
    assert someone.wait_for("[role=alert]").text == "The name or the password is wrong."
