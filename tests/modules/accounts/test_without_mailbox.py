"""Somebody who logs in without any mailbox: they name theirs first, and then read and send as everybody does."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.cli.main import hm3
from demo.submission import Submission
from tests.modules.accounts.test_accounts_over_http import INNER, connect, form
from tests.modules.compose.desk import write_ini
from tests.modules.mail.letters import plain
from tests.modules.webmail import Webmail, open_webmail
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers
PASSWORD = "meadow lantern 7"


@pytest.fixture
def eve(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Webmail]:
    """The browser of a user of hm3's own accounts, on a site whose mailboxes let nobody in."""
    ini = write_ini(mail_user, submission, tmp_path)
    ports = f"{mail_user.dovecot.imaps_port}, {submission.tls_port}"
    text = ini.read_text().replace("[smtp]", "login = no\n[smtp]")
    more = f"[modules]\nlocal = on\n[accounts]\nca_file = {mail_user.dovecot.ca_file}\nports = {ports}\n{INNER}\n"
    ini.write_text(f"{text}\n{more}")
    made = CliRunner().invoke(hm3, ["user", "--config", str(ini), "add", "eve", "--stdin"], input=f"{PASSWORD}\n")
    assert made.exit_code == 0, made.output
    with open_webmail(ini) as webmail:
        webmail.log_in("eve", PASSWORD)
        yield webmail


@pytest.mark.parametrize("place", ["/mail/", "/mail/main/INBOX/", "/compose", "/folders"])
def test_without_a_mailbox_every_page_of_mail_leads_to_where_one_is_named(eve: Webmail, place: str) -> None:
    assert eve.see(place).location == "/accounts/new"


@pytest.mark.parametrize("place", ["/accounts", "/accounts/new", "/settings", "/security"])
def test_the_other_pages_open_without_one(eve: Webmail, place: str) -> None:
    assert eve.see(place).status == 200


def test_who_is_sent_there_reads_why(eve: Webmail) -> None:
    page = eve.see(eve.see("/mail/").location)
    assert "Which mailbox do you want to read here?" in page.html
    assert "the servers it lives on" in page.html


def test_a_script_is_told_why_as_well(eve: Webmail) -> None:
    status, told = eve.tell("/compose/draft", {"token": "x" * 22})
    assert status in (409, 422), told


def test_with_a_mailbox_they_read_and_send(eve: Webmail, mail_user: MailUser, submission: Submission) -> None:
    mail_user.append(plain("Welcome"))
    name = connect(eve, mail_user, submission)
    assert eve.see("/mail/").location == f"/mail/{name}/INBOX/"
    inbox = eve.see(f"/mail/{name}/INBOX/")
    assert "Welcome" in inbox.html
    assert not inbox.has(".accounts")
    compose = eve.see("/compose")
    written = {"token": compose.value("[name=token]"), "account": name, "to": mail_user.name, "subject": "Back"}
    assert eve.send("/compose", {**written, "action": "send"}).status == 303
    mail_user.wait_for_messages(2)
    assert b"From: The Club <" in mail_user.messages()[1]


def test_the_mailbox_is_there_after_the_next_login(eve: Webmail, mail_user: MailUser, submission: Submission) -> None:
    mail_user.append(plain("Welcome"))
    name = connect(eve, mail_user, submission)
    eve.log_out()
    assert eve.log_in("eve", PASSWORD).location == "/mail/"
    assert "Welcome" in eve.see(f"/mail/{name}/INBOX/").html


def test_no_other_user_of_the_site_has_it(eve: Webmail, mail_user: MailUser, submission: Submission) -> None:
    name = connect(eve, mail_user, submission)
    stranger = eve.visitor()
    assert stranger.see(f"/mail/{name}/INBOX/").location.startswith("/login")
    assert form(mail_user, submission)["password"] not in eve.see(f"/accounts/{name}").html
