"""The [smtp] section of hm3.ini: where outgoing mail is handed in, and as whom."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Self

from core import ConfigError, Line, Port, Secret, option, tls

_HELLO = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Za-z:.]{2,60}\]", re.ASCII)


class HelloName(Line):
    """What a client calls itself towards a mail server: a host name, or an address in brackets."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        if not _HELLO.fullmatch(text):
            raise ValueError("is not a host name like mail.example.org, nor an address in brackets")
        return cls(text)


class Authentication(Enum):
    """Whose name and password the submission server gets."""

    LOGIN = "login"
    FIXED = "fixed"
    NONE = "none"


class SaslMechanism(Enum):
    """How the password is shown to the submission server."""

    AUTOMATIC = "automatic"
    PLAIN = "plain"
    LOGIN = "login"
    SCRAM = "scram-sha-256"
    XOAUTH2 = "xoauth2"
    OAUTHBEARER = "oauthbearer"


@dataclass(frozen=True)
class SmtpConfig:
    """The submission server that outgoing mail is handed to."""

    host: Line = option(Line("localhost"), help="The server's name, as in its certificate.")
    port: Port | None = option(None, help="Its port. Without it 465 for tls, 587 for starttls and 25 for none.")
    security: tls.Security = option(
        tls.Security.TLS,
        help="tls encrypts from the first octet; starttls begins in the clear and refuses to go on unless the server "
        "encrypts; none is only for a server on this machine.",
    )
    ca_file: Path | None = option(
        None, help="A PEM file of the authorities to trust, in place of the system's. For a private authority."
    )
    pinned_certificate: tls.Fingerprint | None = option(
        None, help="The SHA-256 fingerprint of the one certificate to trust, whoever signed it."
    )
    verify: tls.Verification = option(
        tls.Verification.CERTIFICATE,
        help="i-accept-any-certificate lets anyone between hm3 and the server read passwords and mail.",
    )
    authentication: Authentication = option(
        Authentication.LOGIN,
        help="login hands on the name and password that the user logged in with; fixed uses username and password "
        "for everyone; none sends without a login.",
    )
    mechanism: SaslMechanism = option(
        SaslMechanism.AUTOMATIC,
        help="automatic takes the best that the server offers of scram-sha-256, plain and login. With xoauth2 and "
        "oauthbearer the password is an access token.",
    )
    username: Line | None = option(None, help="The name for authentication = fixed.")
    password: Secret | None = option(None, help="The password for authentication = fixed.")
    hello: HelloName = option(
        HelloName("localhost"), help="What hm3 calls itself towards the server. It stands in the mail's Received lines."
    )
    connect_timeout: timedelta = option(timedelta(seconds=10), help="How long to wait for a connection and a greeting.")
    timeout: timedelta = option(timedelta(seconds=60), help="How long to wait for each of the server's answers.")

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        tls.check_name(self.host)
        tls.check_plaintext(self.host, self.options)
        try:
            tls.context_of(self.options)
        except ConfigError as error:
            raise ValueError(str(error)) from error
        if self.authentication is Authentication.FIXED and (not self.username or self.password is None):
            raise ValueError("authentication = fixed needs a username and a password.")
        if min(self.connect_timeout, self.timeout) <= timedelta():
            raise ValueError("connect_timeout and timeout have to be longer than nothing.")

    @property
    def options(self) -> tls.TlsOptions:
        """How the connection is encrypted and whom it trusts."""
        return tls.TlsOptions(self.security, self.ca_file, self.pinned_certificate, self.verify)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an admin should know of this server, in sentences."""
        doubts = tls.doubt_trust(self.host, self.options) + tls.doubt_port(self.port, self.security, tls.SMTP)
        if self.authentication is Authentication.FIXED or not (self.username or self.password):
            return doubts
        return (
            *doubts,
            f"username and password are not used with authentication = {self.authentication.value}. Say authentication "
            "= fixed, or take them away.",
        )

    @property
    def usual_port(self) -> int:
        """The port to use."""
        usual = {tls.Security.TLS: 465, tls.Security.STARTTLS: 587, tls.Security.NONE: 25}
        return int(self.port or usual[self.security])
