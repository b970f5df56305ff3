"""Logging in and out over HTTP, at real mail servers and at servers that fail."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from demo.ports import free_port
from demo.submission import Submission
from tests.modules.compose.desk import write_ini
from tests.modules.imap.scripted import Answer, ScriptedServer
from tests.modules.webmail import Page, Webmail, open_webmail, write_plain_ini
from tests.servers.mail_user import MailUser, new_user

BANNER = ".login > .banner"


@pytest.fixture
def webmail(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Webmail]:
    """A browser before the site of a real mail server."""
    with open_webmail(write_ini(mail_user, submission, tmp_path)) as webmail:
        yield webmail


def log_in_at(folder: Path, answers: dict[str, Answer], greeting: bytes = b"* OK ready\r\n") -> Page:
    """What a person sees after logging in at a server that says what it is told to."""
    server = ScriptedServer(answers, greeting)
    try:
        with open_webmail(write_plain_ini(server.server_port, folder)) as webmail:
            return webmail.log_in("ann", "secret")
    finally:
        server.stop()


@pytest.mark.servers
def test_the_front_door_leads_to_the_mail_and_the_mail_to_the_login(webmail: Webmail) -> None:
    assert webmail.see("/").location == "/mail/"
    assert webmail.see("/mail/").location == "/login?next=%2Fmail%2F"
    assert webmail.see("/login?next=/folders").value("input[name=next]") == "/folders"


@pytest.mark.servers
def test_the_right_password_leads_to_the_mail(webmail: Webmail, mail_user: MailUser) -> None:
    page = webmail.log_in(mail_user.name, mail_user.password)
    assert (page.status, page.location) == (303, "/mail/")
    assert webmail.see("/mail/main/INBOX/").status == 200


@pytest.mark.servers
def test_name_and_address_are_one_person_however_they_are_typed(webmail: Webmail, mail_user: MailUser) -> None:
    webmail.log_in(f"  {mail_user.name.upper()} ", mail_user.password)
    webmail.tell("/settings/look", {"theme": "dark"})
    other = webmail.visitor()
    other.log_in(mail_user.name, mail_user.password)
    assert other.see("/settings").value("#look-theme") == "dark"


@pytest.mark.servers
def test_a_wrong_password_is_told_the_name_kept_and_the_password_not(webmail: Webmail, mail_user: MailUser) -> None:
    page = webmail.log_in(mail_user.name, "wr0ng<>", next="/folders")
    assert page.status == 403
    assert page.texts(BANNER) == ["The name or the password is wrong."]
    assert (page.value("#username"), page.value("input[name=next]")) == (mail_user.name, "/folders")
    assert "wr0ng" not in page.html
    assert webmail.see("/mail/main/INBOX/").status == 303


@pytest.mark.servers
def test_a_name_nobody_has_is_told_as_a_wrong_password(webmail: Webmail) -> None:
    page = webmail.log_in("nobody@example.test", "secret")
    assert (page.status, page.texts(BANNER)) == (403, ["The name or the password is wrong."])


@pytest.mark.servers
@pytest.mark.parametrize(
    ("name", "password", "errors"),
    [
        ("", "", {"#username-error": "The name is missing.", "#password-error": ""}),
        ("  ", "x", {"#username-error": "The name is missing.", "#password-error": ""}),
        ("ann", "", {"#username-error": "", "#password-error": "The password is missing."}),
        ("a\r\nb", "x", {"#username-error": "The name contains control characters."}),
        ("a" * 321, "x", {"#username-error": "The name is longer than 320 characters."}),
        ("ann", "x\0y", {"#password-error": "The password contains characters that no password can hold."}),
        ("ann", "x" * 1025, {"#password-error": "The password is longer than 1024 characters."}),
    ],
)
def test_what_is_missing_or_can_be_no_name_or_password_is_told_by_field(
    webmail: Webmail, name: str, password: str, errors: dict[str, str]
) -> None:
    page = webmail.log_in(name, password)
    assert page.status == 422
    assert {selector: "".join(page.texts(selector)) for selector in errors} == errors


@pytest.mark.servers
def test_fields_left_out_altogether_are_missing(webmail: Webmail) -> None:
    assert webmail.refusal("/login", {}) == (422, {"username": "is missing", "password": "is missing"})


@pytest.mark.servers
@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "evil", "javascript:alert(1)", "/\t/x"]
)
def test_nobody_is_sent_to_another_site(webmail: Webmail, mail_user: MailUser, elsewhere: str) -> None:
    page = webmail.log_in(mail_user.name, mail_user.password, next=elsewhere)
    assert (page.status, page.location) == (422, "")
    assert webmail.browser.get(f"/login?next={quote(elsewhere)}").status_code == 422


@pytest.mark.servers
def test_the_way_goes_on_to_where_it_was_interrupted(webmail: Webmail, mail_user: MailUser) -> None:
    page = webmail.log_in(mail_user.name, mail_user.password, next="/mail/main/INBOX/?q=a%20b")
    assert (page.status, page.location) == (303, "/mail/main/INBOX/?q=a%20b")


@pytest.mark.servers
def test_who_is_logged_in_goes_on(webmail: Webmail, mail_user: MailUser) -> None:
    webmail.log_in(mail_user.name, mail_user.password)
    assert (webmail.see("/login").location, webmail.see("/login?next=/folders").location) == ("/mail/", "/folders")
    assert webmail.see("/login?next=//evil.example/").status == 422


@pytest.mark.servers
def test_another_login_in_the_same_browser_takes_the_place_of_the_first(webmail: Webmail, mail_user: MailUser) -> None:
    other = new_user(mail_user.dovecot)
    webmail.log_in(mail_user.name, mail_user.password)
    assert webmail.send("/login", {"username": other.name, "password": other.password}).status == 303
    assert webmail.see("/settings").one("body").attributes["data-user"] == other.name


@pytest.mark.servers
def test_after_logging_out_everything_is_closed(webmail: Webmail, mail_user: MailUser) -> None:
    webmail.log_in(mail_user.name, mail_user.password)
    assert webmail.log_out().location == "/login"
    assert webmail.see("/mail/main/INBOX/").location.startswith("/login?")
    assert webmail.log_out().location == "/login"


@pytest.mark.servers
def test_nobody_is_logged_in_or_out_by_a_form_of_another_site(webmail: Webmail, mail_user: MailUser) -> None:
    fields = {"username": mail_user.name, "password": mail_user.password}
    assert webmail.browser.post("/login", fields, token="forged").status_code == 400
    webmail.log_in(mail_user.name, mail_user.password)
    assert webmail.browser.post("/logout", {}, token="forged").status_code == 400
    assert webmail.see("/mail/main/INBOX/").status == 200


@pytest.mark.servers
def test_a_password_of_any_letters_opens_the_mail(webmail: Webmail, mail_user: MailUser) -> None:
    password = 'pä"ss wörd\\日本 {7}'
    mail_user.dovecot.forget_user(mail_user.name)
    mail_user.dovecot.add_user(mail_user.name, password)
    assert webmail.log_in(mail_user.name, password).status == 303


def test_a_dead_server_is_told_and_the_name_kept(tmp_path: Path) -> None:
    with open_webmail(write_plain_ini(free_port(), tmp_path)) as webmail:
        page = webmail.log_in("ann", "secret")
        assert (page.status, page.value("#username")) == (502, "ann")
        assert page.texts(BANNER)[0].endswith("refuses connections. It is down, or the port is wrong.")
        status, told = webmail.tell("/login", {"username": "ann", "password": "secret"})
        assert status == 502 and "secret" not in str(told)


def test_a_server_that_is_not_in_the_names_service_is_told(tmp_path: Path) -> None:
    ini = tmp_path / "hm3.ini"
    ini.write_text(f"[app]\ndata = {tmp_path}\n[imap]\nhost = mail.invalid\n")
    with open_webmail(ini) as webmail:
        page = webmail.log_in("ann", "secret")
    assert (page.status, page.value("#username")) == (502, "ann")
    assert page.texts(BANNER) == ["There is no mail server mail.invalid, or its name cannot be looked up."]


@pytest.mark.parametrize(
    ("answers", "greeting", "status", "told"),
    [
        ({"AUTHENTICATE": b"TAG NO [AUTHENTICATIONFAILED] x\r\n"}, b"* OK x\r\n", 403, "is wrong."),
        ({"AUTHENTICATE": b"TAG NO [UNAVAILABLE] later\r\n"}, b"* OK x\r\n", 502, "takes no log-ins now: later"),
        ({"AUTHENTICATE": b"* BYE shutting down\r\n\0cut"}, b"* OK x\r\n", 502, "shutting down"),
        ({}, b"* BYE too many of you\r\n", 502, "too many of you"),
        ({}, b"garbage\r\n", 502, "mail server"),
        ({"CAPABILITY": b"\0cut"}, b"* OK x\r\n", 502, "mail server"),
        ({"CAPABILITY": b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n"}, b"* OK x\r\n", 502, "takes no passwords"),
    ],
)
def test_each_way_a_server_fails_is_a_sentence(
    tmp_path: Path, answers: dict[str, Answer], greeting: bytes, status: int, told: str
) -> None:
    page = log_in_at(tmp_path, answers, greeting)
    assert (page.status, page.value("#username")) == (status, "ann")
    (sentence,) = page.texts(BANNER)
    assert told in sentence and "secret" not in page.html


def test_names_without_a_domain_get_the_sites(tmp_path: Path) -> None:
    server = ScriptedServer()
    with open_webmail(write_plain_ini(server.server_port, tmp_path, "domain = example.test\n")) as webmail:
        webmail.log_in("ann", "secret")
        webmail.visitor().log_in("ann@other.test", "secret")
    server.stop()
    names = {response.split(b"\0")[1] for response in server.responses}
    assert names == {b"ann@example.test", b"ann@other.test"}
