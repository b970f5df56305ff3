"""The [imap] section of hm3.ini: where mail is kept, how it is reached, and how long connections stay open."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from core import ConfigError, Count, Line, Port, option, tls
from modules.imap.server import Compression, Mechanism, Server


class ConnectionCount(Count):
    """How many connections one session may have."""

    __slots__ = ()
    least: ClassVar[int] = 1
    most: ClassVar[int] = 20


@dataclass(frozen=True)
class ImapConfig:
    """The IMAP server that keeps the users' mail, and by whose passwords they log in."""

    host: Line = option(Line("localhost"), help="The server's name, as in its certificate.")
    port: Port | None = option(None, help="Its port. Without it 993 for tls, and 143 for starttls and none.")
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
    mechanism: Mechanism = option(
        Mechanism.AUTOMATIC,
        help="How passwords are shown to the server. automatic takes the best that it offers of scram-sha-256, plain "
        "and login.",
    )
    login: bool = option(
        True, help="Whether people log in by the password of their mailbox. Turn it off where only another way counts."
    )
    domain: Line | None = option(None, help="Added with an @ to names that users type without one.")
    connect_timeout: timedelta = option(timedelta(seconds=10), help="How long to wait for a connection and a greeting.")
    timeout: timedelta = option(timedelta(seconds=30), help="How long to wait for each piece of an answer.")
    connections_per_session: ConnectionCount = option(
        ConnectionCount(3), help="How many connections one logged-in browser may have at the same time."
    )
    compress: Compression = option(
        Compression.OFF,
        help="Whether mail is compressed on the way to and from the server, where it offers COMPRESS=DEFLATE: off, on, "
        "or auto, which is where the server is further away than 5 ms. That saves time on a slow line. Who sees the "
        "lengths on that line, and sends mail to a user, may learn something of other mail from them: see SECURITY.md.",
    )
    idle: timedelta = option(timedelta(minutes=5), help="How long an unused connection is kept open.")

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        tls.check_name(self.host)
        tls.check_plaintext(self.host, self.options)
        try:
            tls.context_of(self.options)
        except ConfigError as error:
            raise ValueError(str(error)) from error
        if min(self.connect_timeout, self.timeout, self.idle) <= timedelta():
            raise ValueError("connect_timeout, timeout and idle have to be longer than nothing.")

    @property
    def options(self) -> tls.TlsOptions:
        """How the connection is encrypted and whom it trusts."""
        return tls.TlsOptions(self.security, self.ca_file, self.pinned_certificate, self.verify)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an admin should know of this server, in sentences."""
        return tls.doubt_trust(self.host, self.options) + tls.doubt_port(self.port, self.security, tls.IMAP)

    @cached_property
    def server(self) -> Server:
        """The server as connections want it."""
        usual = 993 if self.security is tls.Security.TLS else 143
        return Server(
            host=str(self.host),
            port=int(self.port or usual),
            options=self.options,
            mechanism=self.mechanism,
            connect_timeout=self.connect_timeout.total_seconds(),
            read_timeout=self.timeout.total_seconds(),
            compression=self.compress,
        )
