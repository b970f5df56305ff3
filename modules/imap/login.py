"""Connecting and logging in: each way it can fail becomes an error of its own, with a sentence."""

import imaplib
import socket
import ssl
import time
from dataclasses import dataclass, field

from core import Secret, Sentence, UpstreamError, sasl, tls
from modules.imap.client import Command, ImapConnection
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
from modules.imap.server import Compression, Mechanism, Server

# In seconds: what answers sooner is on this machine or in the same house, where octets cost less than packing them.
_FAR = 0.005


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
        connection.learn_capabilities()
        began = time.perf_counter()
        _enable(connection)
        _compress(connection, time.perf_counter() - began)
    except BaseException:
        connection.close_quietly()
        raise
    return connection


def capabilities(server: Server) -> frozenset[str]:
    """What a server offers to whoever is not logged in. Raises the UpstreamErrors of `errors`."""
    connection = _reach(server)
    try:
        with connection.watched():
            _secure(connection, server)
        connection.learn_capabilities()
        return connection.offered
    finally:
        connection.close_quietly()


def _enable(connection: ImapConnection) -> None:
    """Switch on what is offered, and say who we are, all in one go (RFC 5161, RFC 2971)."""
    wanted = [name for name in ("UTF8=ACCEPT", "QRESYNC") if {"ENABLE", name} <= connection.offered]
    commands = [Command(b"ENABLE", (name.encode("ascii"),)) for name in wanted]
    if connection.offers("ID"):
        commands.append(Command(b"ID", (b'("name" "hm3")',)))
    enabled = {
        name for name, reply in zip(wanted, connection.run_all(commands) if commands else (), strict=False) if reply.ok
    }
    connection.utf8, connection.tells_vanished = "UTF8=ACCEPT" in enabled, "QRESYNC" in enabled


def _compress(connection: ImapConnection, distance: float) -> None:
    """Compress what follows where that is wanted of a server so many seconds away; the password went before."""
    wanted = connection.server.compression
    if wanted is Compression.OFF or (wanted is Compression.AUTOMATIC and distance < _FAR):
        return
    if connection.offers("COMPRESS=DEFLATE"):
        connection.asked += 1
        with connection.watched():
            connection._imap.compress()


def log_in(connection: ImapConnection, credentials: Credentials) -> None:
    """Log in by the safest way that the server offers. Raises WrongPassword, LoginRefused or ServerGone."""
    host = connection.server.host
    if not credentials.username or not (credentials.password or credentials.token):
        raise WrongPassword(Sentence("The mail server %(host)s needs a name and a password.", host=host))
    connection.learn_capabilities()
    try:
        mechanism = _choose(connection, credentials)
    except ValueError as error:
        raise WrongPassword(Sentence("The name or password for %(host)s %(error)s.", host=host, error=error)) from error
    refused = _exchange(connection, mechanism) if mechanism else _login_command(connection, credentials)
    if refused is not None:
        raise login_refusal(refused, host)


def _reach(server: Server) -> ImapConnection:
    place = f"{server.host} at port {server.port}"
    try:
        return ImapConnection(server)
    except UpstreamError:
        raise
    except socket.gaierror as error:
        raise Unreachable(
            Sentence("There is no mail server %(host)s, or its name cannot be looked up.", host=server.host)
        ) from error
    except ConnectionRefusedError as error:
        raise Unreachable(
            Sentence("The mail server %(place)s refuses connections. It is down, or the port is wrong.", place=place)
        ) from error
    except TimeoutError as error:
        raise Unreachable(Sentence("The mail server %(place)s did not answer in time.", place=place)) from error
    except ssl.SSLError as error:
        raise CertificateRefused(tls.explain_tls_failure(server.host, error)) from error
    except imaplib.IMAP4.error as error:
        words = Answer.of(str(error).removeprefix("b'").removeprefix("* BYE ").rstrip("'")).text
        raise ServerGone(f"The mail server {place} takes no connections now: {words}") from error
    except (OSError, ValueError) as error:
        raise Unreachable(Sentence("The mail server %(place)s cannot be reached.", place=place)) from error


def _secure(connection: ImapConnection, server: Server) -> None:
    # RFC 9051 6.2.1 and 11.4: a greeting of PREAUTH would let somebody on the way skip STARTTLS and choose the user.
    if connection._imap.state != "NONAUTH":
        raise ServerGone(f"The mail server {server.host} says that we are logged in before we are. It is not trusted.")
    if server.options.security is not tls.Security.STARTTLS:
        return
    if "STARTTLS" not in connection._imap.capabilities:
        raise CertificateRefused(
            Sentence(
                "The mail server %(host)s does not offer STARTTLS, so nothing was sent. Set security = tls.",
                host=server.host,
            )
        )
    try:
        connection._imap.start_tls()
    except ssl.SSLError as error:
        raise CertificateRefused(tls.explain_tls_failure(server.host, error)) from error


def _choose(connection: ImapConnection, credentials: Credentials) -> sasl.Mechanism | None:
    """The mechanism to log in by, or None for the LOGIN command."""
    server, name = connection.server, credentials.username
    if credentials.token is not None:
        if connection.offers("AUTH=OAUTHBEARER"):
            return sasl.oauthbearer(name, credentials.token, server.host, server.port)
        if connection.offers("AUTH=XOAUTH2"):
            return sasl.xoauth2(name, credentials.token)
        raise LoginRefused(
            Sentence("The mail server %(host)s takes no access tokens. Log in with a password.", host=server.host)
        )
    password = credentials.password or Secret()
    for mechanism, offered, make in (
        (Mechanism.SCRAM, "AUTH=SCRAM-SHA-256", sasl.scram_sha_256),
        (Mechanism.PLAIN, "AUTH=PLAIN", sasl.plain),
        (Mechanism.LOGIN, "AUTH=LOGIN", sasl.login),
    ):
        if server.mechanism in (Mechanism.AUTOMATIC, mechanism) and connection.offers(offered):
            return make(name, password)
    if connection.offers("LOGINDISABLED"):
        raise LoginRefused(
            Sentence(
                "The mail server %(host)s takes no passwords on this connection. Set security = tls.", host=server.host
            )
        )
    if server.mechanism in (Mechanism.AUTOMATIC, Mechanism.LOGIN):
        return None
    raise LoginRefused(
        Sentence(
            "The mail server %(host)s does not offer %(mechanism)s, which hm3.ini asks for.",
            host=server.host,
            mechanism=server.mechanism.value,
        )
    )


def _exchange(connection: ImapConnection, mechanism: sasl.Mechanism) -> Answer | None:
    """Run a mechanism; None where it succeeded."""
    initial = mechanism.initial()
    waiting = [] if connection.offers("SASL-IR") or not initial else [initial]

    def respond(challenge: bytes) -> bytes:
        # LOGIN has no first response: the first challenge is its first question.
        return waiting.pop() if waiting else mechanism.challenge(challenge)

    refused = connection.authenticate(mechanism.name, initial, respond)
    if refused is None:
        mechanism.finish()
    return refused


def _login_command(connection: ImapConnection, credentials: Credentials) -> Answer | None:
    name, password = credentials.username.encode(), str(credentials.password).encode()
    reply = connection.run(b"LOGIN", string(name), string(password))
    return None if reply.ok else reply.answer
