"""The [smtp] section: what fits together, and whose password goes to the server."""

from datetime import timedelta
from pathlib import Path

import pytest

from core import Line, LoginNeeded, Secret, Session, User, tls
from modules.smtp.config import Authentication, HelloName, Port, SmtpConfig
from modules.smtp.module import PASSWORD, credentials, open_submission


@pytest.fixture
def session() -> Session:
    session = Session()
    session.keep(PASSWORD, Secret("secret"))
    return session


@pytest.mark.parametrize(
    ("security", "port"), [(tls.Security.TLS, 465), (tls.Security.STARTTLS, 587), (tls.Security.NONE, 25)]
)
def test_each_kind_of_security_has_its_usual_port(security: tls.Security, port: int) -> None:
    assert SmtpConfig(security=security).usual_port == port


def test_a_named_port_is_used() -> None:
    assert SmtpConfig(port=Port(2525)).usual_port == 2525


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


def test_the_server_gets_the_users_own_login(session: Session) -> None:
    known = credentials(SmtpConfig(), session, User("ann"))
    assert known is not None and (known.username, known.password) == ("ann", "secret")


def test_a_password_never_shows_itself(session: Session) -> None:
    assert "secret" not in repr(credentials(SmtpConfig(), session, User("ann"))).replace("<secret>", "")


def test_a_session_without_its_password_asks_for_a_new_login() -> None:
    with pytest.raises(LoginNeeded):
        credentials(SmtpConfig(), Session(), User("ann"))


def test_a_fixed_login_is_everyones() -> None:
    fixed = SmtpConfig(authentication=Authentication.FIXED, username=Line("site"), password=Secret("own"))
    known = credentials(fixed, Session(), User("ann"))
    assert known is not None and (known.username, known.password) == ("site", "own")


def test_without_authentication_nothing_is_handed_on(session: Session) -> None:
    assert credentials(SmtpConfig(authentication=Authentication.NONE), session, User("ann")) is None


def test_a_submission_that_was_not_used_needs_no_server() -> None:
    opened = open_submission(SmtpConfig(), Session(), User("ann"))
    submission = next(opened)
    assert next(opened, None) is None
    with pytest.raises(LoginNeeded):
        submission.largest()
