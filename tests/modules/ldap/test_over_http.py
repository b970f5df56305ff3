"""Logging in by a directory on the whole site: roles open pages, mail opens, and mail is sent under the right name."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from core import ConfigError
from core.loader import load
from demo.certificates import make_certificates
from demo.submission import Submission
from tests.modules.imap.scripted import ScriptedServer
from tests.modules.ldap.conftest import ADMINS
from tests.modules.webmail import Webmail, open_webmail
from tests.passwords import QUICK_PASSWORDS
from tests.servers.mail_user import MailUser
from tests.servers.slapd import GROUPS, PEOPLE, READER, READER_PASSWORD, Slapd, person, start_slapd

pytestmark = pytest.mark.servers

ROLES = "[roles]\nadmin =\n[permissions]\nadmin = status.see\n"


@pytest.fixture
def mail_server() -> Iterator[ScriptedServer]:
    """A mail server that lets everybody in."""
    server = ScriptedServer()
    yield server
    server.stop()


def write_ini(folder: Path, slapd: Slapd, imap: str, *, ldap: str = "", more: str = "") -> Path:
    """An hm3.ini with a directory; `imap`, `ldap` and `more` are options and sections."""
    (folder / "password").write_text(READER_PASSWORD)
    (folder / "password").chmod(0o600)
    ini = folder / "hm3.ini"
    ini.write_text(f"""\
{QUICK_PASSWORDS}
[app]
data = {folder}
[imap]
{imap}
[ldap]
hosts = localhost
port = {slapd.tls_port}
ca_file = {slapd.ca_file}
base = {PEOPLE}
filter = (|(uid={{username}})(mail={{username}}))
bind_dn = {READER}
bind_password = file:password
roles =
  admin: {ADMINS}
  support: cn=helpdesk,{GROUPS}
{ldap}
{more if "[modules]" in more else "[modules]" + chr(10) + "ldap = on" + chr(10) + more}""")
    return ini


@contextmanager
def opened(
    folder: Path, slapd: Slapd, server: ScriptedServer, more: str = "", *, imap: str = "login = off"
) -> Iterator[Webmail]:
    """A browser before a site with a directory and a scripted mail server."""
    place = f"host = 127.0.0.1\nport = {server.server_port}\nsecurity = none\n{imap}"
    with open_webmail(write_ini(folder, slapd, place, more=more)) as webmail:
        yield webmail


def test_a_directory_lets_people_in_and_its_groups_open_pages(
    slapd: Slapd, mail_server: ScriptedServer, tmp_path: Path
) -> None:
    with opened(tmp_path, slapd, mail_server, ROLES) as webmail:
        assert webmail.log_in("ada@example.test", "ada's secret").location == "/mail/"
        assert webmail.see("/status").status == 200
        assert webmail.see("/settings").has('.side-foot a[href="/status"]')


def test_who_is_in_another_group_does_not_see_those_pages(
    slapd: Slapd, mail_server: ScriptedServer, tmp_path: Path
) -> None:
    with opened(tmp_path, slapd, mail_server, ROLES) as webmail:
        assert webmail.log_in("bob", "bob's secret").location == "/mail/"
        assert webmail.see("/status").status == 403


def test_roles_of_the_directory_end_with_the_session(slapd: Slapd, mail_server: ScriptedServer, tmp_path: Path) -> None:
    with opened(tmp_path, slapd, mail_server, ROLES) as webmail:
        webmail.log_in("ada", "ada's secret")
        webmail.log_out()
        webmail.log_in("bob", "bob's secret")
        assert webmail.see("/status").status == 403


@pytest.mark.parametrize(("name", "password"), [("ada", "wrong"), ("*)(uid=ada", "ada's secret"), ("nobody", "x")])
def test_wrong_names_and_passwords_are_answered_alike(
    slapd: Slapd, mail_server: ScriptedServer, tmp_path: Path, name: str, password: str
) -> None:
    with opened(tmp_path, slapd, mail_server) as webmail:
        page = webmail.log_in(name, password)
        assert page.status == 403 and "The name or the password is wrong." in page.html
        assert webmail.see("/mail/").location.startswith("/login")


def test_the_mailboxs_password_lets_nobody_in_where_it_is_off(
    slapd: Slapd, mail_server: ScriptedServer, tmp_path: Path
) -> None:
    with opened(tmp_path, slapd, mail_server) as webmail:
        assert webmail.log_in("stranger", "anything").status == 403
        assert mail_server.connections == 0


@pytest.mark.parametrize("order", ["ldap, imap", "imap, ldap"])
def test_with_both_on_the_order_of_hm3_ini_decides(
    slapd: Slapd, mail_server: ScriptedServer, tmp_path: Path, order: str
) -> None:
    more = f"[modules]\nldap = on\norder = {order}\n{ROLES}"
    with opened(tmp_path, slapd, mail_server, more, imap="login = on") as webmail:
        assert webmail.log_in("ada", "ada's secret").location == "/mail/"
        assert webmail.see("/status").status == (200 if order.startswith("ldap") else 403)


def test_the_next_way_to_log_in_is_asked_about_whom_the_directory_does_not_know(
    slapd: Slapd, mail_server: ScriptedServer, tmp_path: Path
) -> None:
    more = "[modules]\nldap = on\norder = ldap, imap\n"
    with opened(tmp_path, slapd, mail_server, more, imap="login = on") as webmail:
        assert webmail.log_in("stranger", "anything").location == "/mail/"


def test_a_role_of_a_group_can_need_a_second_factor(slapd: Slapd, mail_server: ScriptedServer, tmp_path: Path) -> None:
    with opened(tmp_path, slapd, mail_server, f"[twofactor]\nrequired = admin\n{ROLES}") as webmail:
        page = webmail.log_in("ada", "ada's secret")
        assert page.location == "/login/code"
        assert webmail.see("/status").location.startswith("/login")
        assert webmail.visitor().log_in("bob", "bob's secret").location == "/mail/"


def test_the_password_can_be_asked_for_again_whatever_name_was_typed(
    slapd: Slapd, mail_server: ScriptedServer, tmp_path: Path
) -> None:
    with opened(tmp_path, slapd, mail_server) as webmail:
        webmail.log_in("countess@example.test", "ada's secret")
        assert "password" in webmail.refusal("/security/code", {"password": "wrong"})[1]
        assert webmail.send("/security/code", {"password": "ada's secret"}).location == "/security/code"


def test_a_directory_that_is_down_is_said_and_is_no_wrong_password(
    slapd: Slapd, mail_server: ScriptedServer, tmp_path: Path
) -> None:
    server = start_slapd({}, certificates=make_certificates(tmp_path / "tls"))
    with opened(tmp_path, server, mail_server) as webmail:
        server.stop()
        page = webmail.log_in("ada", "ada's secret")
    assert page.status == 502
    (told,) = page.texts(".banner.danger")
    assert "cannot be reached just now" in told and "localhost" not in told


def test_while_the_directory_is_down_no_other_way_to_log_in_is_asked(
    slapd: Slapd, mail_server: ScriptedServer, tmp_path: Path
) -> None:
    server = start_slapd({}, certificates=make_certificates(tmp_path / "tls"))
    more = "[modules]\nldap = on\norder = ldap, imap\n"
    with opened(tmp_path, server, mail_server, more, imap="login = on") as webmail:
        server.stop()
        assert webmail.log_in("ada", "ada's secret").status == 502
    assert mail_server.connections == 0


def test_mail_is_read_and_sent_with_what_the_directory_tells(
    mail_user: MailUser, submission: Submission, tmp_path: Path
) -> None:
    dovecot = mail_user.dovecot
    server = start_slapd(
        {f"uid=eve,{PEOPLE}": person("Eve Ørsted", mail_user.password, uid="eve", mail=mail_user.name)}
    )
    imap = f"host = localhost\nport = {dovecot.imaps_port}\nca_file = {dovecot.ca_file}\nlogin = off"
    smtp = f"[smtp]\nhost = localhost\nport = {submission.tls_port}\nca_file = {submission.certificates.ca_file}\n"
    try:
        with open_webmail(write_ini(tmp_path, server, imap, ldap="imap_name = mail", more=smtp)) as webmail:
            assert webmail.log_in("EVE", mail_user.password).location == "/mail/"
            token = webmail.see("/compose").value('form.compose input[name="token"]')
            written = {"token": token, "to": mail_user.name, "subject": "Here I am", "body": "Hello"}
            assert webmail.send("/compose", written).status == 303
            mail_user.wait_for_messages(1)
            assert "Here I am" in webmail.see("/mail/main/INBOX/").html
    finally:
        server.stop()
    sent = message_from_bytes(mail_user.messages()[0], policy=default)
    assert str(sent["From"]) == f"Eve Ørsted <{mail_user.name}>"


def test_what_does_not_fit_together_is_refused_at_start_with_its_section(slapd: Slapd, tmp_path: Path) -> None:
    ini = write_ini(tmp_path, slapd, "login = off", ldap="name = employeeNumber")
    with pytest.raises(ConfigError, match=r"\[ldap\].*filter does not find people by employeeNumber"):
        load(ini)
