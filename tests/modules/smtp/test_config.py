"""The [smtp] section: what fits together, and whose password goes to the server."""

from datetime import timedelta
from pathlib import Path

import pytest

from core import Line, Port, Secret, Session, UpstreamError, tls
from modules.imap.api import PASSWORD, USERNAME
from modules.mail.api import AccountName, MailAccount
from modules.smtp.access import Route, credentials, open_submission
from modules.smtp.client import SmtpSubmission
from modules.smtp.config import Authentication, HelloName, SmtpConfig
from modules.smtp.connection import Credentials
from modules.smtp.with_imap import login_credentials

ANN = Credentials("ann", Secret("secret"))


@pytest.mark.parametrize(
    ("security", "port"), [(tls.Security.TLS, 465), (tls.Security.STARTTLS, 587), (tls.Security.NONE, 25)]
)
def test_each_kind_of_security_has_its_usual_port(security: tls.Security, port: int) -> None:
    assert SmtpConfig(security=security).usual_port == port


def test_a_named_port_is_used() -> None:
    assert SmtpConfig(port=Port(2525)).usual_port == 2525


@pytest.mark.parametrize("host", ["smtps://mail.example", "mail.example:587", "[::1]:587"])
def test_a_server_is_named_without_its_port_and_its_kind(host: str) -> None:
    with pytest.raises(ValueError, match="holds more than the server's name"):
        SmtpConfig(host=Line(host))


@pytest.mark.parametrize("host", ["localhost", "my_mail", "10.0.0.1", "::1", "2001:db8::1"])
def test_a_server_is_named_or_has_an_address(host: str) -> None:
    assert SmtpConfig(host=Line(host)).host == host


def test_no_password_crosses_a_network_in_the_clear() -> None:
    with pytest.raises(ValueError, match="security = none"):
        SmtpConfig(host=Line("mail.example"), security=tls.Security.NONE)


def test_a_missing_file_of_authorities_is_told_at_boot(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no such file"):
        SmtpConfig(ca_file=tmp_path / "none.pem")


@pytest.mark.parametrize("given", [{}, {"username": Line("site")}, {"password": Secret("x")}])
def test_a_fixed_login_needs_name_and_password(given: dict[str, Line]) -> None:
    with pytest.raises(ValueError, match="needs a username and a password"):
        SmtpConfig(authentication=Authentication.FIXED, **given)  # type: ignore[arg-type]  # a choice of options


def test_some_time_has_to_be_given() -> None:
    with pytest.raises(ValueError, match="timeout"):
        SmtpConfig(timeout=timedelta())


@pytest.mark.parametrize("text", ["localhost", "mail.example.org", "[127.0.0.1]", "[IPv6:::1]"])
def test_a_host_or_an_address_in_brackets_can_be_said_hello_with(text: str) -> None:
    assert HelloName.parse(text) == text


@pytest.mark.parametrize("text", ["", "a b", "-x", "x\r\nMAIL", "mäil.example"])
def test_nothing_else_can_be_said_hello_with(text: str) -> None:
    with pytest.raises(ValueError, match="is not a host name"):
        HelloName.parse(text)


def test_the_server_gets_the_users_own_login() -> None:
    session = Session()
    session.keep(USERNAME, Secret("Ann@garden.example"))
    session.keep(PASSWORD, Secret("secret"))
    login = login_credentials(session)
    assert credentials(SmtpConfig(), login) == Credentials("Ann@garden.example", Secret("secret"))


def test_a_password_never_shows_itself() -> None:
    assert "secret" not in repr(ANN).replace("<secret>", "")


def test_who_logged_in_without_a_mailboxs_password_has_none_to_send_with() -> None:
    assert login_credentials(Session()) is None


def test_where_nobody_knows_the_users_password_that_is_told() -> None:
    with pytest.raises(UpstreamError, match="Nobody here knows your password"):
        credentials(SmtpConfig(), None)


def test_a_fixed_login_is_everyones() -> None:
    fixed = SmtpConfig(authentication=Authentication.FIXED, username=Line("site"), password=Secret("own"))
    assert credentials(fixed, ANN) == Credentials("site", Secret("own"))


def test_without_authentication_nothing_is_handed_on() -> None:
    assert credentials(SmtpConfig(authentication=Authentication.NONE), ANN) is None


def test_a_submission_that_was_not_used_needs_no_server() -> None:
    opened = open_submission(SmtpConfig(), ANN, None, ())
    assert isinstance(next(opened), SmtpSubmission)
    assert next(opened, None) is None


def test_an_account_with_a_submission_server_of_its_own_sends_by_it() -> None:
    class Club:
        def find(self, name: AccountName) -> Route | None:
            return Route(SmtpConfig(host=Line("club.example")), ANN) if name == "club" else None

    for name, host in (("club", "club.example"), ("main", "localhost")):
        submission = next(open_submission(SmtpConfig(), ANN, MailAccount(AccountName(name)), (Club(),)))
        assert isinstance(submission, SmtpSubmission)
        assert submission._config.host == host
