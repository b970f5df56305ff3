"""Further mailboxes of a user: connected, read, sent from, changed and disconnected, over HTTP before real servers."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from core import Database
from demo.submission import Submission
from modules.accounts.tables import saved
from tests.modules.compose.desk import write_ini
from tests.modules.invitations.letters import calendar_text, event_of, invitation
from tests.modules.mail.letters import plain
from tests.modules.mail.test_bad_days_over_http import cut_off
from tests.modules.webmail import Page, Webmail, open_webmail
from tests.servers.mail_user import MailUser, new_user

pytestmark = pytest.mark.servers

INNER = "inner_networks = yes"


@pytest.fixture
def other(mail_user: MailUser) -> Iterator[MailUser]:
    """Another mailbox, of somebody who has two."""
    user = new_user(mail_user.dovecot)
    yield user
    user.dovecot.forget_user(user.name)


@pytest.fixture
def webmail(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Webmail]:
    """The browser of a logged-in user on a site that connects to inner networks for them."""
    with serve(mail_user, submission, tmp_path) as webmail:
        yield webmail


@contextmanager
def serve(user: MailUser, submission: Submission, folder: Path, more: str = INNER) -> Iterator[Webmail]:
    """A site whose user is logged in."""
    ini = write_ini(user, submission, folder)
    ports = f"{user.dovecot.imaps_port}, {submission.tls_port}, {submission.port}"
    ini.write_text(f"{ini.read_text()}\n[accounts]\nca_file = {user.dovecot.ca_file}\nports = {ports}\n{more}\n")
    with open_webmail(ini) as webmail:
        webmail.log_in(user.name, user.password)
        yield webmail


def form(user: MailUser, submission: Submission, **more: str) -> dict[str, str]:
    """The form of an account, filled in."""
    return {
        "label": "Club",
        "address": user.name,
        "display_name": "The Club",
        "username": "",
        "password": user.password,
        "imap_host": "localhost",
        "imap_port": str(user.dovecot.imaps_port),
        "imap_encryption": "tls",
        "smtp_host": "localhost",
        "smtp_port": str(submission.tls_port),
        "smtp_encryption": "tls",
    } | more


def connect(webmail: Webmail, other: MailUser, submission: Submission, **more: str) -> str:
    """Connect the other mailbox; its name in addresses."""
    page = webmail.send("/accounts/new", form(other, submission, **more))
    assert page.status == 303, page.texts(".field-error")
    found = re.fullmatch(r"/mail/(a[0-9a-f]{10})/INBOX/", page.location)
    assert found, page.location
    return found[1]


def rows(webmail: Webmail) -> list[tuple[bytes, bytes | None]]:
    """What is kept of saved accounts."""
    database = next(part for part in webmail.site.application.shared.find(Database) or () if isinstance(part, Database))
    with database.read() as connection:
        return [(row.blob, row.secret) for row in connection.execute(select(saved)).all()]


def errors(page: Page) -> str:
    assert page.status == 422
    return " ".join(page.texts(".field-error"))


def test_a_connected_mailbox_is_read_beside_that_of_the_login(
    webmail: Webmail, mail_user: MailUser, other: MailUser, submission: Submission
) -> None:
    mail_user.append(plain("At home"))
    other.append(plain("At the club"))
    name = connect(webmail, other, submission)
    club, home = webmail.see(f"/mail/{name}/INBOX/"), webmail.see("/mail/main/INBOX/")
    assert "At the club" in club.html and "At home" not in club.html
    assert "At home" in home.html and "At the club" not in home.html
    assert club.texts(".accounts .link .label") == [mail_user.name, "Club"]
    assert club.texts(".accounts [aria-current] .label") == ["Club"]
    assert home.texts(".accounts [aria-current] .label") == [mail_user.name]


def test_without_further_accounts_there_is_nothing_to_switch(webmail: Webmail) -> None:
    assert not webmail.see("/mail/main/INBOX/").has(".accounts")


def test_a_message_in_it_is_opened_and_acted_on_there(
    webmail: Webmail, other: MailUser, submission: Submission
) -> None:
    uid = other.append(plain("At the club"))
    name = connect(webmail, other, submission)
    assert webmail.see(f"/mail/{name}/INBOX/{uid}").status == 200
    status, _ = webmail.tell(f"/mail/{name}/INBOX/messages", {"action": "star", "uid": str(uid)})
    assert status == 200
    assert "\\Flagged" in other.flags(uid)


def test_what_is_written_in_it_is_sent_by_its_server_as_its_owner(
    webmail: Webmail, mail_user: MailUser, other: MailUser, submission: Submission
) -> None:
    name = connect(webmail, other, submission)
    compose = webmail.see(f"/compose?account={name}")
    assert compose.value("[name=account]") == name
    written = {
        "token": compose.value("[name=token]"),
        "account": name,
        "to": mail_user.name,
        "subject": "From the club",
        "body": "Hello",
        "action": "send",
    }
    assert webmail.send("/compose", written).status == 303
    mail_user.wait_for_messages(1)
    assert f"From: The Club <{other.name}>".encode() in mail_user.messages()[0]
    assert submission.accepted[-1].mail_from == other.name
    assert len(other.uids("Sent")) == 1


def test_a_page_that_names_no_account_is_of_the_one_looked_at_last(
    webmail: Webmail, mail_user: MailUser, other: MailUser, submission: Submission
) -> None:
    name = connect(webmail, other, submission)
    webmail.see(f"/mail/{name}/INBOX/")
    assert webmail.see("/mail/").location == f"/mail/{name}/INBOX/"
    assert webmail.see("/compose").value("[name=account]") == name
    webmail.see("/mail/main/INBOX/")
    assert webmail.see("/mail/").location == "/mail/main/INBOX/"


def test_nothing_of_it_is_kept_in_the_clear(webmail: Webmail, other: MailUser, submission: Submission) -> None:
    connect(webmail, other, submission)
    ((blob, secret),) = rows(webmail)
    assert secret is not None
    for told in (other.name, other.password, "Club", "localhost"):
        assert told.encode() not in blob + secret


def test_no_page_shows_the_password(webmail: Webmail, other: MailUser, submission: Submission) -> None:
    name = connect(webmail, other, submission)
    for place in ("/accounts", f"/accounts/{name}", f"/mail/{name}/INBOX/", "/settings"):
        page = webmail.see(place)
        assert page.status == 200
        assert other.password not in page.html


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"password": "wrong"}, "Password is not taken by the server"),
        ({"password": ""}, "Password is missing"),
        ({"imap_host": "127.0.0.1\r\nx"}, "Server"),
        ({"imap_host": "nowhere.invalid"}, "Server does not work: There is no mail server nowhere.invalid"),
        ({"imap_host": ""}, "Server is missing"),
        ({"imap_port": "22"}, "Port is not one of"),
        ({"imap_port": "99999"}, "Port"),
        ({"smtp_host": "nowhere.invalid"}, "Server does not work: There is no submission server"),
        ({"address": "nobody"}, "Email address is not an email address"),
    ],
)
def test_what_does_not_work_is_said_beside_its_field_and_nothing_typed_is_lost(
    webmail: Webmail, other: MailUser, submission: Submission, wrong: dict[str, str], told: str
) -> None:
    page = webmail.send("/accounts/new", form(other, submission, **wrong))
    assert told in errors(page)
    assert page.value("[name=label]") == "Club"
    assert page.value("[name=display_name]") == "The Club"
    assert rows(webmail) == []


def test_starttls_is_spoken_where_it_was_chosen(webmail: Webmail, other: MailUser, submission: Submission) -> None:
    name = connect(webmail, other, submission, smtp_encryption="starttls", smtp_port=str(submission.port))
    assert webmail.see(f"/accounts/{name}").value("[name=smtp_encryption]") == "starttls"


def test_an_account_is_not_connected_twice(webmail: Webmail, other: MailUser, submission: Submission) -> None:
    connect(webmail, other, submission)
    assert "one of your accounts already" in errors(webmail.send("/accounts/new", form(other, submission)))


def test_what_an_account_is_called_changes_without_its_password(
    webmail: Webmail, other: MailUser, submission: Submission
) -> None:
    name = connect(webmail, other, submission)
    assert webmail.send(f"/accounts/{name}", form(other, submission, label="Choir", password="")).status == 303
    assert "Choir" in webmail.see("/accounts").html
    assert webmail.see(f"/mail/{name}/INBOX/").status == 200


@pytest.mark.parametrize("change", [{"imap_host": "evil.example"}, {"smtp_host": "evil.example"}, {"username": "eve"}])
def test_a_kept_password_goes_to_no_other_server_or_user(
    webmail: Webmail, other: MailUser, submission: Submission, change: dict[str, str]
) -> None:
    name = connect(webmail, other, submission)
    page = webmail.send(f"/accounts/{name}", form(other, submission, password="", **change))
    assert "Password has to be typed again" in errors(page)
    assert webmail.see(f"/mail/{name}/INBOX/").status == 200


def test_a_password_that_was_changed_there_is_asked_for_and_the_login_stays(
    webmail: Webmail, other: MailUser, submission: Submission
) -> None:
    name = connect(webmail, other, submission)
    other.dovecot.change_password(other.name, "another-one")
    cut_off(other)
    page = webmail.see(f"/mail/{name}/INBOX/")
    assert (page.status, page.location) == (303, f"/accounts/{name}")
    assert "Type the new one" in webmail.see(f"/accounts/{name}").html
    assert webmail.send(f"/accounts/{name}", form(other, submission, password="another-one")).status == 303
    assert webmail.see(f"/mail/{name}/INBOX/").status == 200


def test_a_disconnected_account_is_gone_and_its_mail_is_not(
    webmail: Webmail, other: MailUser, submission: Submission
) -> None:
    other.append(plain("Stays"))
    name = connect(webmail, other, submission)
    webmail.see(f"/mail/{name}/INBOX/")
    assert webmail.send(f"/accounts/{name}/remove", {}).location == "/accounts"
    assert rows(webmail) == []
    assert webmail.see(f"/mail/{name}/INBOX/").status == 404
    assert webmail.see("/mail/").location == "/mail/main/INBOX/"
    assert len(other.uids()) == 1


def test_an_account_that_only_reads_says_where_a_server_to_send_by_is_named(
    webmail: Webmail, other: MailUser, mail_user: MailUser, submission: Submission
) -> None:
    name = connect(webmail, other, submission, smtp_host="")
    assert "cannot send" in webmail.see("/accounts").html
    compose = webmail.see(f"/compose?account={name}")
    sent = {
        "token": compose.value("[name=token]"),
        "account": name,
        "to": mail_user.name,
        "subject": "x",
        "action": "send",
    }
    page = webmail.send("/compose", sent)
    assert "has no server to send by" in page.html
    assert page.value("[name=subject]") == "x"


def test_nobody_opens_the_account_of_somebody_else(webmail: Webmail, other: MailUser, submission: Submission) -> None:
    name = connect(webmail, other, submission)
    eve = webmail.visitor()
    eve.log_in(other.name, other.password)
    for place in (f"/mail/{name}/INBOX/", f"/accounts/{name}", f"/compose?account={name}"):
        assert eve.see(place).status == 404
    assert eve.send(f"/accounts/{name}/remove", {}).status == 404
    assert eve.send(f"/accounts/{name}", form(other, submission)).status == 404
    assert len(rows(webmail)) == 1


def test_servers_of_inner_networks_are_not_connected_to(
    mail_user: MailUser, other: MailUser, submission: Submission, tmp_path: Path
) -> None:
    with serve(mail_user, submission, tmp_path, "") as webmail:
        for host in ("localhost", "127.0.0.1"):
            assert "is not on the open net" in errors(
                webmail.send("/accounts/new", form(other, submission, imap_host=host))
            )
        assert rows(webmail) == []


def test_only_named_servers_are_connected_to_where_the_admin_names_them(
    mail_user: MailUser, other: MailUser, submission: Submission, tmp_path: Path
) -> None:
    with serve(mail_user, submission, tmp_path, f"{INNER}\nhosts = *.example.org") as webmail:
        assert "does not connect to" in errors(webmail.send("/accounts/new", form(other, submission)))


def test_nobody_saves_more_accounts_than_the_site_keeps(
    mail_user: MailUser, other: MailUser, submission: Submission, tmp_path: Path
) -> None:
    with serve(mail_user, submission, tmp_path, f"{INNER}\nmost = 1") as webmail:
        connect(webmail, other, submission)
        page = webmail.send("/accounts/new", form(mail_user, submission))
        assert "as many as this site keeps" in page.html
        assert "Disconnect one to connect another" in webmail.see("/accounts").html
        assert len(rows(webmail)) == 1


def test_an_invitation_of_ones_own_other_address_is_ones_own(
    webmail: Webmail, mail_user: MailUser, other: MailUser, submission: Submission
) -> None:
    name = connect(webmail, other, submission)
    asked = calendar_text(event_of("bo@x.example", organizer=mail_user.name))
    page = webmail.see(f"/mail/{name}/INBOX/{other.append(invitation(asked, other.name))}")
    said = " ".join(page.one(".card").text().split())
    assert "You are its organiser." in said and "sent this, but" not in said
