"""A connection to the submission server: opened, encrypted and logged in, with every failure told in a sentence."""

import base64
import binascii
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from core import Secret, Sentence, UpstreamError, WrongOption, sasl, tls
from core import outside as outside_only
from modules.smtp.config import Authentication, SaslMechanism, SmtpConfig

MOST_CHALLENGES = 5
LONGEST_WORDS = 300


@dataclass(frozen=True)
class Credentials:
    """The name and the password that a submission server gets; where it `is_token`, an OAuth access token."""

    username: str
    password: Secret
    is_token: bool = False


class _Outside(smtplib.SMTP):
    """Connects to servers of the open net only."""

    # Any: smtplib has no types for what it passes on to itself.
    def _get_socket(self, host: str, port: int, timeout: Any) -> socket.socket:
        return outside_only.connect(host, port, timeout, outside=True)


class _OutsideEncrypted(smtplib.SMTP_SSL, _Outside):
    """The same, encrypted from the first octet."""


def open_connection(config: SmtpConfig, credentials: Credentials | None, *, outside: bool = False) -> smtplib.SMTP:
    """Connect, encrypt and log in. Raises UpstreamError with a sentence, and then leaves nothing open.

    A server that a user named has to be `outside`: on the open net.
    """
    with explained(config.host):
        connection = _connect(config, outside)
    try:
        with explained(config.host):
            _greet(config, connection)
            if credentials is not None:
                _log_in(config, connection, credentials)
    except BaseException:
        connection.close()
        raise
    return connection


def try_server(config: SmtpConfig) -> str:
    """Connect and encrypt as for a message, and log in where hm3.ini itself says by what password."""
    connection = open_connection(config, None)
    try:
        offered = connection.esmtp_features.get("auth", "").upper().split()
        usable = any(_wanted(config.mechanism, offered, is_token) for is_token in (False, True))
        if config.authentication is not Authentication.NONE and not usable:
            raise WrongOption(
                "authentication", f"The submission server {config.host} offers no log-in that hm3 could use."
            )
        if config.authentication is Authentication.FIXED:
            assert config.username is not None and config.password is not None  # the config refuses anything else
            try:
                with explained(config.host):
                    _log_in(config, connection, Credentials(config.username, config.password))
            except UpstreamError as error:
                raise WrongOption("password", str(error)) from error
    finally:
        connection.close()
    return f"The submission server {config.host} at port {config.usual_port} answers."


@contextmanager
def explained(host: str, gone: str = "") -> Iterator[None]:
    """Turn what goes wrong with a connection into UpstreamError; `gone` is added when the server went away."""
    try:
        yield
    except smtplib.SMTPServerDisconnected as error:
        # smtplib raises this for a missing answer too.
        raise UpstreamError(
            _silent(host, gone) if isinstance(error.__context__, TimeoutError) else _broken(host, gone)
        ) from error
    except smtplib.SMTPResponseException as error:
        raise UpstreamError(
            Sentence(
                "The submission server %(host)s says: %(words)s",
                host=host,
                words=words(error.smtp_code, error.smtp_error),
            )
        ) from error
    except ssl.SSLError as error:
        raise UpstreamError(tls.explain_tls_failure(host, error)) from error
    except socket.gaierror as error:
        raise UpstreamError(
            Sentence("There is no submission server %(host)s: its name has no address.", host=host)
        ) from error
    except TimeoutError as error:
        raise UpstreamError(_silent(host, gone)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise UpstreamError(
            Sentence(
                "The submission server %(host)s cannot be reached: %(reason)s. %(then)s",
                host=host,
                reason=reason,
                then=gone or _AGAIN,
            )
        ) from error


_AGAIN = Sentence("Try again in a while.")


def _silent(host: str, gone: str) -> Sentence:
    return Sentence("The submission server %(host)s does not answer. %(then)s", host=host, then=gone or _AGAIN)


def _broken(host: str, gone: str) -> Sentence:
    return Sentence("The submission server %(host)s broke the connection off. %(then)s", host=host, then=gone or _AGAIN)


def words(code: int, reply: bytes | str) -> str:
    """A server's answer as people may read it: one line, bounded, without control characters."""
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    told = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    cut = told if len(told) <= LONGEST_WORDS else f"{told[:LONGEST_WORDS]}…"
    return f"{code} {cut}".strip()


def _connect(config: SmtpConfig, outside: bool) -> smtplib.SMTP:
    connection = _reach(config, outside)
    # Answers may take longer than the greeting, which was heard by now.
    if connection.sock is not None:
        connection.sock.settimeout(config.timeout.total_seconds())
    return connection


def _reach(config: SmtpConfig, outside: bool) -> smtplib.SMTP:
    """Connect, and wait for the greeting."""
    seconds, hello = config.connect_timeout.total_seconds(), str(config.hello)
    if config.security is not tls.Security.TLS:
        return (_Outside if outside else smtplib.SMTP)(config.host, config.usual_port, hello, seconds)
    context = tls.context_of(config.options)
    encrypted = _OutsideEncrypted if outside else smtplib.SMTP_SSL
    return encrypted(config.host, config.usual_port, hello, timeout=seconds, context=context)


def _greet(config: SmtpConfig, connection: smtplib.SMTP) -> None:
    if connection.sock is not None:
        # The end of a message is sent by itself, and would wait until the server confirms what came before.
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if config.security is tls.Security.STARTTLS:
        _say_hello(connection)
        if not connection.has_extn("starttls"):
            raise UpstreamError(
                f"The submission server {config.host} does not offer STARTTLS, so nothing was sent to it. "
                "The admin should set security = tls."
            )
        connection.starttls(context=tls.context_of(config.options))
    if isinstance(connection.sock, ssl.SSLSocket):
        tls.check_pin(connection.sock, config.options)
    # RFC 3207 4.2: what was said before the encryption does not count.
    _say_hello(connection)


def _say_hello(connection: smtplib.SMTP) -> None:
    code, reply = connection.ehlo()
    if not 200 <= code <= 299:
        raise smtplib.SMTPHeloError(code, reply)


def _log_in(config: SmtpConfig, connection: smtplib.SMTP, credentials: Credentials) -> None:
    offered = connection.esmtp_features.get("auth", "").upper().split()
    names = _wanted(config.mechanism, offered, credentials.is_token)
    if not names:
        offer = f"only {', '.join(offered)}" if offered else "no login at all"
        raise UpstreamError(f"The submission server {config.host} offers {offer}. The admin should look at [smtp].")
    refused = "Your name or password holds characters that no mail server takes."
    for name in names:
        try:
            mechanism = _MAKERS[name](config, credentials)
        except ValueError:
            continue
        code, reply = _authenticate(connection, mechanism)
        if code == 235:
            return
        refused = _refused_login(config.host, code, reply)
        if not 500 <= code <= 599:
            break
    raise UpstreamError(refused)


def _wanted(mechanism: SaslMechanism, offered: list[str], is_token: bool) -> list[str]:
    """The mechanisms to try: a server may know a password only in a form that SCRAM cannot use."""
    if is_token:
        taken: list[str] = [name for name in ("OAUTHBEARER", "XOAUTH2") if name in offered]
        return taken[:1]
    if mechanism is not SaslMechanism.AUTOMATIC:
        return [mechanism.value.upper()] if mechanism.value.upper() in offered else []
    usable: list[str] = [name for name in ("SCRAM-SHA-256", "PLAIN", "LOGIN") if name in offered]
    return usable[:2] if usable[:1] == ["SCRAM-SHA-256"] else usable[:1]


def _authenticate(connection: smtplib.SMTP, mechanism: sasl.Mechanism) -> tuple[int, bytes]:
    """One AUTH exchange (RFC 4954 4) to the server's last answer."""
    initial = mechanism.initial()
    code, reply = connection.docmd("AUTH", f"{mechanism.name} {_base64(initial)}" if initial else mechanism.name)
    for _ in range(MOST_CHALLENGES):
        if code != 334:
            break
        code, reply = connection.docmd(_base64(mechanism.challenge(_octets(reply))))
    if code == 235:
        mechanism.finish()
    return code, reply


def _refused_login(host: str, code: int, reply: bytes) -> str:
    if code == 535:
        return (
            f"The submission server {host} does not accept your name and password. Log in again; "
            f"if that does not help, the admin should look at [smtp]. It says: {words(code, reply)}"
        )
    if 400 <= code <= 499:
        return f"The submission server {host} cannot check passwords now. {_AGAIN} It says: {words(code, reply)}"
    return f"The submission server {host} does not let us in. It says: {words(code, reply)}"


def _base64(message: bytes) -> str:
    return base64.b64encode(message).decode("ascii")


def _octets(challenge: bytes) -> bytes:
    try:
        return base64.b64decode(challenge, validate=True)
    except (binascii.Error, ValueError) as error:
        raise UpstreamError("The submission server's login challenge is not base64.") from error


_MAKERS: dict[str, Callable[[SmtpConfig, Credentials], sasl.Mechanism]] = {
    "SCRAM-SHA-256": lambda config, known: sasl.scram_sha_256(known.username, known.password),
    "PLAIN": lambda config, known: sasl.plain(known.username, known.password),
    "LOGIN": lambda config, known: sasl.login(known.username, known.password),
    "XOAUTH2": lambda config, known: sasl.xoauth2(known.username, known.password),
    "OAUTHBEARER": lambda config, known: sasl.oauthbearer(
        known.username, known.password, config.host, config.usual_port
    ),
}
