"""Logging in by an address, at a real mail server that the names service names."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.cli.main import hm3
from demo.submission import Submission
from tests.modules.discovery.site import Somewhere, open_somewhere, start_listener
from tests.servers.mail_user import MailUser, new_user

pytestmark = pytest.mark.servers
BANNER = ".login > .banner.danger"


@pytest.fixture
def site(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Somewhere]:
    """The site before the servers of a user."""
    with open_somewhere(tmp_path, mail_user.dovecot, submission) as site:
        site.says(mail_user.dovecot.imaps_port, smtp=submission.tls_port)
        yield site


def test_the_servers_are_shown_before_anything_is_sent_to_them(
    mail_user: MailUser, submission: Submission, tmp_path: Path
) -> None:
    with (
        start_listener() as server,
        open_somewhere(tmp_path, mail_user.dovecot, submission, ports=(server.port,)) as site,
    ):
        site.says(server.port, smtp=server.port)
        page = site.propose("Ada@Example.test", password="typed too early")
        assert page.texts(".server-host") == ["localhost", "localhost"]
        assert page.texts(".server-how")[:2] == [f"Port {server.port} · encrypted (TLS)", "as ada@example.test"]
        assert site.webmail.see("/login/servers/by-hand").status == 200
        assert (server.connections, site.house.connections) == (0, 0)
        assert site.confirm(page, "secret").status == 502
        assert server.connections == 1 and b"secret" not in b"".join(server.heard)


def test_who_confirms_reads_and_sends_mail_there(site: Somewhere, mail_user: MailUser) -> None:
    mail_user.append(b"From: bob@example.test\r\nSubject: Radishes\r\n\r\nRed ones.\r\n")
    page = site.confirm(site.propose(mail_user.name.upper(), next="/folders"), mail_user.password)
    assert (page.status, page.location) == (303, "/folders")
    assert site.user() == mail_user.name
    assert "Radishes" in site.webmail.see("/mail/main/INBOX/").html
    token = site.webmail.see("/compose").value("input[name=token]")
    message = {"token": token, "to": mail_user.name, "subject": "Chard", "body": "Green.", "sender": mail_user.name}
    sent = site.webmail.send("/compose", message)
    assert sent.status == 303, sent.texts(".banner")
    mail_user.wait_for_messages(2)
    assert site.house.connections == 0


def test_where_the_servers_come_from_and_whose_they_are_is_told(site: Somewhere, mail_user: MailUser) -> None:
    page = site.propose(mail_user.name)
    assert "The records of example.test in the names service say so." in page.texts(".field-help")
    assert page.texts(".banner.warn") == [
        "These names do not belong to example.test: localhost. Log in only if you know them."
    ]
    known = site.propose("ada@gmail.com")
    assert known.texts(".banner")[0].startswith("Gmail takes an app password here")
    assert site.propose("ada@gmx.de").texts(".banner")[0].startswith("Access by IMAP has to be switched on")
    tokens = site.propose("ada@outlook.com")
    assert "no passwords from mail programs" in tokens.texts(".banner.warn")[0] and not tokens.has("#password")


def test_a_wrong_password_is_told_and_can_be_typed_again(site: Somewhere, mail_user: MailUser) -> None:
    page = site.confirm(site.propose(mail_user.name), "wr0ng<>")
    assert (page.status, page.texts(BANNER)) == (403, ["localhost does not take this name and password."])
    assert "wr0ng" not in page.html and page.texts(".server-host")[0] == "localhost"
    assert site.confirm(page, "").texts("#password-error") == ["The password is missing."]
    assert site.confirm(page, mail_user.password).status == 303


def test_failures_there_count_as_failures_here(site: Somewhere, mail_user: MailUser) -> None:
    page = site.propose(mail_user.name)
    statuses = [site.confirm(page, "wrong").status for _ in range(12)]
    assert statuses[0] == 403 and statuses[-1] == 429
    assert site.confirm(page, mail_user.password).status == 429


def test_one_address_is_one_user_in_every_spelling(site: Somewhere, mail_user: MailUser) -> None:
    site.confirm(site.propose(mail_user.name.title()), mail_user.password)
    site.webmail.tell("/settings/look", {"theme": "dark"})
    other = site.webmail.visitor()
    site.confirm(site.propose(mail_user.name, other), mail_user.password, other)
    assert other.see("/settings").value("#look-theme") == "dark"


def test_an_address_of_the_site_and_a_plain_name_go_to_the_site(site: Somewhere) -> None:
    for name in ("ada", "ada@house.test", "ada@HOUSE.test"):
        page = site.propose(name)
        assert page.status == 422 and page.texts("#password-error") == ["The password is missing."]


def test_an_address_whose_mail_is_at_the_site_goes_to_the_site(site: Somewhere) -> None:
    site.names.says("mail.house.test", "A", "127.0.0.1")
    site.names.says("_imaps._tcp.example.test", "SRV", "0 1 993 mail.house.test.")
    assert site.propose("ada@example.test").texts("#password-error") == ["The password is missing."]


def test_the_login_form_says_that_an_address_is_enough(site: Somewhere) -> None:
    page = site.webmail.see("/login")
    assert page.texts("#password-later") == [
        "For an address of another provider leave this empty: its servers are shown first."
    ]
    assert "required" not in page.one("#password").attributes


def test_an_address_without_servers_leads_to_naming_them(site: Somewhere, mail_user: MailUser) -> None:
    page = site.propose("ada@nowhere.test")
    assert page.texts("h1") == ["No mail servers were found"] and not page.has("#password")
    sealed = {"servers": site.webmail.see("/login/servers/by-hand").value("input[name=servers]")}
    refused = site.webmail.send("/login/servers", {**sealed, "password": "x"})
    assert refused.status == 409 and "No servers are known" in refused.texts(BANNER)[0]
    shown = site.name_servers(page, mail_user.name, mail_user.dovecot.imaps_port)
    assert "You named these servers." in shown.texts(".field-help")[0]
    assert site.confirm(shown, mail_user.password).status == 303
    assert site.webmail.see("/mail/main/INBOX/").status == 200


def test_who_names_a_server_is_not_the_owner_of_the_address(site: Somewhere, mail_user: MailUser) -> None:
    """The server may be the visitor's own, and let in whomever it likes."""
    port = mail_user.dovecot.imaps_port
    page = site.name_servers(site.propose("admin@victim.test"), mail_user.name, port)
    assert site.confirm(page, mail_user.password).status == 303
    assert site.user() == f"{mail_user.name}/localhost:{port}"


def test_another_name_at_a_found_server_is_not_the_owner_of_the_address(
    site: Somewhere, mail_user: MailUser, submission: Submission
) -> None:
    other = new_user(mail_user.dovecot)
    port = mail_user.dovecot.imaps_port
    page = site.name_servers(site.propose(mail_user.name), other.name, port)
    assert site.confirm(page, other.password).status == 303
    assert site.user() == f"{other.name}/localhost:{port}"


def test_found_servers_that_were_not_changed_still_vouch_for_the_address(
    site: Somewhere, mail_user: MailUser, submission: Submission
) -> None:
    port = mail_user.dovecot.imaps_port
    sending = {"smtp_host": "localhost", "smtp_port": str(submission.tls_port), "smtp_security": "tls"}
    for smtp in (sending, {"smtp_host": "", "smtp_port": ""}):
        visitor = site.webmail.visitor()
        page = site.name_servers(site.propose(mail_user.name, visitor), mail_user.name, port, visitor, **smtp)
        assert site.confirm(page, mail_user.password, visitor).status == 303
        assert site.user(visitor) == mail_user.name


def test_who_reads_only_sends_nothing_by_the_server_of_the_site(site: Somewhere, mail_user: MailUser) -> None:
    page = site.name_servers(site.propose("ada@nowhere.test"), mail_user.name, mail_user.dovecot.imaps_port)
    site.confirm(page, mail_user.password)
    token = site.webmail.see("/compose").value("input[name=token]")
    message = {"token": token, "to": mail_user.name, "subject": "x", "body": "y", "sender": mail_user.name}
    sent = site.webmail.send("/compose", message)
    assert sent.status == 502 and "No server for sending is known" in sent.html
    assert site.house.connections == 0


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"imap_host": "127.0.0.1"}, "#imap-host-error", "is not a name like mail.example.org"),
        ({"imap_host": ""}, "#imap-host-error", "is not a name like mail.example.org"),
        ({"imap_port": "22"}, "#imap-host-error", "is no mail server that this site connects to, at this port"),
        ({"imap_port": "0"}, "#imap-port-error", "is not between 1 and 65535"),
        ({"imap_host": "nowhere.test"}, "#imap-host-error", "is no mail server that this site connects to"),
        ({"username": " "}, "#server-username-error", "is missing"),
        ({"username": "a\u202eb"}, "#server-username-error", "holds letters that are not seen"),
        ({"smtp_host": "localhost", "smtp_port": ""}, "#smtp-port-error", "is missing"),
        ({"smtp_host": "localhost", "smtp_port": "25"}, "#smtp-host-error", "is no mail server"),
    ],
)
def test_a_server_that_makes_no_sense_is_told_by_its_field(
    site: Somewhere, mail_user: MailUser, fields: dict[str, str], field: str, reason: str
) -> None:
    page = site.propose("ada@nowhere.test")
    shown = site.name_servers(page, **{"username": "ada", "port": mail_user.dovecot.imaps_port, **fields})  # type: ignore[arg-type]  # fields by name
    assert shown.status == 422 and reason in shown.texts(field)[0]


def test_no_encryption_is_no_choice(site: Somewhere) -> None:
    page = site.propose("ada@nowhere.test")
    assert site.name_servers(page, "ada", 143, imap_security="none").status == 422


def test_what_was_shown_cannot_be_changed(site: Somewhere, mail_user: MailUser) -> None:
    sealed = site.propose(mail_user.name).value("input[name=servers]")
    for forged in ("", "x", sealed[:-8], sealed[:40] + "A" + sealed[41:], "é"):
        page = site.webmail.send("/login/servers", {"servers": forged, "password": mail_user.password})
        assert page.status in (401, 422)
    assert site.webmail.see("/settings").status == 303


def test_who_is_logged_in_is_led_on_and_everybody_else_back(site: Somewhere, mail_user: MailUser) -> None:
    for where in ("/login/servers", "/login/servers/by-hand"):
        assert site.webmail.see(where).location == "/login"
    site.confirm(site.propose(mail_user.name), mail_user.password)
    assert site.webmail.see("/login/servers").location == "/mail/"
    assert site.webmail.see("/login/servers/by-hand").location == "/login"


def test_the_password_is_asked_of_the_same_server_again(site: Somewhere, mail_user: MailUser) -> None:
    site.confirm(site.propose(mail_user.name), mail_user.password)
    wrong = site.webmail.send("/security/code", {"password": "wrong"})
    assert (wrong.status, wrong.location) == (422, "")
    assert site.webmail.send("/security/code", {"password": mail_user.password}).location == "/security/code"
    assert site.house.connections == 0


def test_a_password_that_was_changed_ends_the_session(site: Somewhere, mail_user: MailUser) -> None:
    site.confirm(site.propose(mail_user.name), mail_user.password)
    mail_user.dovecot.change_password(mail_user.name, "another")
    assert site.webmail.see("/mail/main/INBOX/").location.startswith("/login")


@pytest.mark.parametrize("more", ["login = off", "denied_domains = example.test", "allowed_domains = other.test"])
def test_a_site_may_take_no_such_addresses(
    mail_user: MailUser, submission: Submission, tmp_path: Path, more: str
) -> None:
    with open_somewhere(tmp_path, mail_user.dovecot, submission, more=more) as site:
        site.says(mail_user.dovecot.imaps_port)
        page = site.propose(mail_user.name)
        assert page.status == 422 and page.texts("#password-error") == ["The password is missing."]
        assert site.names.asked == []


def test_where_nobody_logs_in_this_way_its_pages_lead_to_the_login(
    mail_user: MailUser, submission: Submission, tmp_path: Path
) -> None:
    with open_somewhere(tmp_path, mail_user.dovecot, submission, more="login = off") as site:
        assert site.webmail.send("/login/servers", {"servers": "x", "password": "y"}).location == "/login"
        assert not site.webmail.see("/login").has("#password-later")


def test_a_site_may_take_no_servers_by_hand(mail_user: MailUser, submission: Submission, tmp_path: Path) -> None:
    with open_somewhere(tmp_path, mail_user.dovecot, submission, more="by_hand = off") as site:
        site.says(mail_user.dovecot.imaps_port)
        page = site.propose(mail_user.name)
        assert not page.has("a[href='/login/servers/by-hand']")
        assert site.webmail.see("/login/servers/by-hand").location == "/login"
        fields = {"imap_host": "localhost", "imap_port": "993", "imap_security": "tls", "username": "ada"}
        sealed = page.value("input[name=servers]")
        assert site.webmail.send("/login/servers/by-hand", {"servers": sealed, **fields}).location == "/login"
        assert site.confirm(page, mail_user.password).status == 303


def test_a_test_for_people_is_passed_before_the_password_goes_anywhere(
    mail_user: MailUser, submission: Submission, tmp_path: Path
) -> None:
    captcha = "[captcha]\neffort = 4\nquestion = yes"
    with open_somewhere(tmp_path, mail_user.dovecot, submission, more=captcha, modules="captcha = on") as site:
        site.says(mail_user.dovecot.imaps_port)
        page = site.propose(mail_user.name)
        refused = site.confirm(page, mail_user.password)
        assert refused.status == 422 and refused.texts("[data-captcha] .field-error")
        one, other = re.findall(r"\d+", refused.texts("label[for=captcha-answer]")[0])
        puzzle, answer = refused.value("[name=captcha_puzzle]"), str(int(one) + int(other))
        assert site.confirm(refused, mail_user.password, captcha_puzzle=puzzle, captcha_answer=answer).status == 303


def test_who_wants_to_is_remembered_there_too(site: Somewhere, mail_user: MailUser) -> None:
    page = site.propose(mail_user.name)
    assert page.has("input[name=remember]")
    assert site.confirm(page, mail_user.password, remember="1").status == 303
    assert "Remembered devices" in site.webmail.see("/security").texts("h2")


def test_an_account_of_the_site_itself_is_let_in_whatever_its_name(
    mail_user: MailUser, submission: Submission, tmp_path: Path
) -> None:
    with (
        start_listener() as server,
        open_somewhere(tmp_path, mail_user.dovecot, submission, ports=(server.port,), modules="local = on") as site,
    ):
        site.says(server.port, smtp=server.port)
        ini, password = str(tmp_path / "hm3.ini"), "meadow lantern 7"
        command = ["user", "--config", ini, "add", "eve@example.test", "--stdin"]
        assert CliRunner().invoke(hm3, command, input=f"{password}\n").exit_code == 0
        assert site.webmail.log_in("eve@example.test", "wrong").location == "/login/servers"
        assert site.webmail.log_in("Eve@Example.test", password).location == "/mail/"
        assert (server.connections, site.house.connections) == (0, 0)
