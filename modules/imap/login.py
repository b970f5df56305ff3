"""Connecting and logging in: each way it can fail becomes an error of its own, with a sentence."""

import imaplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field

from core import Secret, UpstreamError
from modules.imap.client import ImapConnection
from modules.imap.errors import (
    Answer,
    CertificateRefused,
    LoginRefused,
    ServerGone,
    Unreachable,
    WrongPassword,
    login_refusal,
)
from modules.imap.names import string
from modules.imap.scram import Scram, ScramError
from modules.imap.server import Mechanism, Security, Server


@dataclass(frozen=True)
class Credentials:
    """Who logs in, with a password or with an OAuth access token."""

    username: str
    password: Secret | None = None
    token: Secret | None = field(default=None, repr=False)


def connect(server: Server, credentials: Credentials) -> ImapConnection:
    """A connection that is logged in. Raises the UpstreamErrors of `errors`, each with its own sentence."""
    connection = _reach(server)
    try:
        with connection.watched():
            _secure(connection, server)
        log_in(connection, credentials)
        connection.ask_capabilities()
        if {"ENABLE", "UTF8=ACCEPT"} <= connection.offered:
            connection.utf8 = connection.run(b"ENABLE", b"UTF8=ACCEPT").ok
        if connection.offers("ID"):
            connection.run(b"ID", b'("name" "hm3")')
    except BaseException:
        connection.close_quietly()
        raise
    return connection


def log_in(connection: ImapConnection, credentials: Credentials) -> None:
    """Log in by the safest way that the server offers. Raises WrongPassword, LoginRefused or ServerGone."""
    host = connection.server.host
    if not credentials.username or not (credentials.password or credentials.token):
        raise WrongPassword(f"The mail server {host} needs a name and a password.")
    connection.ask_capabilities()
    way = _choose(connection, credentials)
    try:
        refused = way(connection, credentials)
    except ScramError as error:
        connection.broken = True
        raise LoginRefused(f"The mail server {host} failed the SCRAM-SHA-256 log-in: {error}.") from error
    if refused is not None:
        raise login_refusal(refused, host)


def _reach(server: Server) -> ImapConnection:
    place = f"{server.host} at port {server.port}"
    try:
        return ImapConnection(server)
    except UpstreamError:
        raise
    except socket.gaierror as error:
        raise Unreachable(f"There is no mail server {server.host}, or its name cannot be looked up.") from error
    except ConnectionRefusedError as error:
        raise Unreachable(f"The mail server {place} refuses connections. It is down, or the port is wrong.") from error
    except TimeoutError as error:
        raise Unreachable(f"The mail server {place} did not answer in time.") from error
    except ssl.SSLError as error:
        raise _tls_failure(server, error) from error
    except imaplib.IMAP4.error as error:
        words = Answer.of(str(error).removeprefix("b'").removeprefix("* BYE ").rstrip("'")).text
        raise ServerGone(f"The mail server {place} takes no connections now: {words}") from error
    except (OSError, ValueError) as error:
        raise Unreachable(f"The mail server {place} cannot be reached.") from error


def _secure(connection: ImapConnection, server: Server) -> None:
    # RFC 9051 6.2.1 and 11.4: a greeting of PREAUTH would let somebody on the way skip STARTTLS and choose the user.
    if connection._imap.state != "NONAUTH":
        raise ServerGone(f"The mail server {server.host} says that we are logged in before we are. It is not trusted.")
    if server.security is not Security.STARTTLS:
        return
    if "STARTTLS" not in connection._imap.capabilities:
        raise CertificateRefused(
            f"The mail server {server.host} does not offer STARTTLS, so nothing was sent. Set security = tls."
        )
    try:
        connection._imap.start_tls()
    except ssl.SSLError as error:
        raise _tls_failure(server, error) from error


def _tls_failure(server: Server, error: ssl.SSLError) -> UpstreamError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return CertificateRefused(
            f"The certificate of the mail server {server.host} is not trusted: {error.verify_message.rstrip('.')}. "
            "Correct the host name, or name the server's authority with ca_file."
        )
    return CertificateRefused(
        f"The mail server {server.host} at port {server.port} does not speak TLS as needed ({error.reason}). "
        "Check port and security."
    )


_Way = Callable[[ImapConnection, Credentials], Answer | None]


def _choose(connection: ImapConnection, credentials: Credentials) -> _Way:
    host = connection.server.host
    if credentials.token:
        if connection.offers("AUTH=OAUTHBEARER"):
            return _oauthbearer
        if connection.offers("AUTH=XOAUTH2"):
            return _xoauth2
        raise LoginRefused(f"The mail server {host} takes no access tokens. Log in with a password.")
    for mechanism, offered, way in (
        (Mechanism.SCRAM, "AUTH=SCRAM-SHA-256", _scram),
        (Mechanism.PLAIN, "AUTH=PLAIN", _plain),
        (Mechanism.LOGIN, "AUTH=LOGIN", _sasl_login),
    ):
        if connection.server.mechanism in (Mechanism.AUTO, mechanism) and connection.offers(offered):
            return way
    if connection.server.mechanism in (Mechanism.AUTO, Mechanism.LOGIN) and not connection.offers("LOGINDISABLED"):
        return _login_command
    if connection.offers("LOGINDISABLED"):
        raise LoginRefused(f"The mail server {host} takes no passwords on this connection. Set security = tls.")
    raise LoginRefused(f"The mail server {host} offers no way to log in that we know and hm3.ini allows.")


def _scram(connection: ImapConnection, credentials: Credentials) -> Answer | None:
    exchange = Scram(credentials.username, credentials.password or Secret())
    refused = connection.authenticate("SCRAM-SHA-256", exchange)
    if refused is None and not exchange.proven:
        raise ScramError("the server did not prove that it knows the password")
    return refused


def _plain(connection: ImapConnection, credentials: Credentials) -> Answer | None:
    response = f"\0{credentials.username}\0{credentials.password}".encode()
    return connection.authenticate("PLAIN", lambda challenge: response)


def _sasl_login(connection: ImapConnection, credentials: Credentials) -> Answer | None:
    answers = iter((credentials.username.encode(), str(credentials.password).encode()))
    return connection.authenticate("LOGIN", lambda challenge: next(answers, None))


def _login_command(connection: ImapConnection, credentials: Credentials) -> Answer | None:
    name, password = credentials.username.encode(), str(credentials.password).encode()
    reply = connection.run(b"LOGIN", string(name), string(password))
    return None if reply.ok else reply.answer


def _xoauth2(connection: ImapConnection, credentials: Credentials) -> Answer | None:
    # An error comes as one more challenge, to be answered with nothing.
    answers = iter((f"user={credentials.username}\x01auth=Bearer {credentials.token}\x01\x01".encode(), b""))
    return connection.authenticate("XOAUTH2", lambda challenge: next(answers, None))


def _oauthbearer(connection: ImapConnection, credentials: Credentials) -> Answer | None:
    # RFC 7628 3.1 and 3.2.3.
    name = credentials.username.replace("=", "=3D").replace(",", "=2C")
    server = connection.server
    first = f"n,a={name},\x01host={server.host}\x01port={server.port}\x01auth=Bearer {credentials.token}\x01\x01"
    answers = iter((first.encode(), b"\x01"))
    return connection.authenticate("OAUTHBEARER", lambda challenge: next(answers, None))
