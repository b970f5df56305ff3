"""Logging in to servers that refuse, are closed, or should not be trusted."""

from dataclasses import replace

import pytest

from core import UpstreamError, tls
from modules.imap.errors import LoginRefused, ServerGone, Unreachable, WrongPassword
from modules.imap.login import Credentials, connect
from modules.mail.api import MailboxName
from tests.modules.imap.bad import Bad

INBOX = MailboxName("INBOX")


@pytest.mark.parametrize(
    ("words", "error", "told"),
    [
        (b"NO [AUTHENTICATIONFAILED] no", WrongPassword, "does not accept this name and password"),
        (b"NO no", WrongPassword, "does not accept"),
        (b"NO Login failed: too many connections", LoginRefused, "too many connections. Try again later"),
        (b"NO Maximum number of connections reached", LoginRefused, "takes no log-ins now"),
        (b"NO [EXPIRED] old", WrongPassword, "expired"),
        (b"NO [PRIVACYREQUIRED] tls", LoginRefused, "only over TLS"),
        (b"NO [UNAVAILABLE] later", LoginRefused, "takes no log-ins now: later"),
        (b"BAD [LIMIT] many", LoginRefused, "takes no log-ins now: many"),
    ],
)
def test_a_wrong_password_is_told_from_a_server_that_fails(
    bad: Bad, words: bytes, error: type[UpstreamError], told: str
) -> None:
    with pytest.raises(error, match=told):
        bad.store({"AUTHENTICATE": b"TAG " + words + b"\r\n"}).state(INBOX)


def test_login_is_not_tried_where_it_is_disabled(bad: Bad) -> None:
    server = bad.server({"CAPABILITY": b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n"})
    with pytest.raises(LoginRefused, match="takes no passwords"):
        server.store(bad.pool).state(INBOX)
    assert server.said("LOGIN") == []


def test_the_login_command_is_the_last_resort(bad: Bad) -> None:
    server = bad.server({"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n"})
    server.store(bad.pool).state(INBOX)
    assert server.said("LOGIN") == [b'LOGIN "ann" "secret"\r\n']


def test_a_server_that_logs_us_in_unasked_is_not_trusted(bad: Bad) -> None:
    with pytest.raises(ServerGone, match="logged in before we are"):
        bad.store(greeting=b"* PREAUTH welcome\r\n").state(INBOX)


def test_a_server_that_turns_us_away_at_the_door_is_quoted(bad: Bad) -> None:
    with pytest.raises(ServerGone, match="takes no connections now: too many"):
        bad.store(greeting=b"* BYE too many\r\n").state(INBOX)


def test_nobody_without_a_password_is_logged_in(bad: Bad) -> None:
    server = bad.server()
    with pytest.raises(WrongPassword, match="needs a name and a password"):
        connect(server.server, Credentials("ann"))
    assert server.said("AUTHENTICATE") == []


def test_a_server_that_never_begins_to_encrypt_is_given_up(bad: Bad) -> None:
    silent = bad.server(greeting=b"")
    server = replace(silent.server, options=tls.TlsOptions(), connect_timeout=0.2)
    with pytest.raises(Unreachable, match="did not answer in time"):
        connect(server, silent.account.credentials)


def test_a_server_that_never_greets_is_given_up_as_one_that_is_not_reached(bad: Bad) -> None:
    silent = bad.server(greeting=b"")
    with pytest.raises(ServerGone, match="did not answer within"):
        connect(replace(silent.server, connect_timeout=0.2, read_timeout=600), silent.account.credentials)


def test_a_name_no_host_can_have_is_told(bad: Bad) -> None:
    plain = bad.server()
    with pytest.raises(Unreachable, match="cannot be reached"):
        connect(replace(plain.server, host=f"{'x' * 64}.example"), plain.account.credentials)
    assert plain.connections == 0
