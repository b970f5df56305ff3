"""Where a mail server is, how far it is trusted, how to log in, and how long to wait for it."""

from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from core import tls


class Mechanism(Enum):
    """How to log in with a password: the safest that is offered, or one and no other."""

    AUTOMATIC = "automatic"
    SCRAM = "scram-sha-256"
    PLAIN = "plain"
    LOGIN = "login"


class Compression(Enum):
    """Whether what goes to and from the server is compressed: never, where it is far away, or wherever it can be."""

    OFF = "off"
    AUTOMATIC = "auto"
    ON = "on"


@dataclass(frozen=True)
class Server:
    """One IMAP server and how to reach it. Time-outs are in seconds.

    One that a user named has to be `outside`: on the open net.
    """

    host: str
    port: int = 993
    options: tls.TlsOptions = field(default_factory=tls.TlsOptions)
    mechanism: Mechanism = Mechanism.AUTOMATIC
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    outside: bool = False
    compression: Compression = Compression.OFF

    @cached_property
    def told(self) -> str:
        """All of it in one text, which differs from that of any other."""
        return repr(self)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What an admin should know about this address, in sentences."""
        said = []
        if not self.options.encrypted and not tls.is_loopback(self.host):
            said.append(f"Passwords and mail travel to {self.host} unencrypted. Set security = tls.")
        unverified = self.options.verify is tls.Verification.NOTHING and self.options.pinned_certificate is None
        if self.options.encrypted and unverified:
            said.append(
                f"Any certificate is accepted from {self.host}, so anybody on the way can read passwords and mail. "
                "Name its authority with ca_file, or the certificate itself with pinned_certificate."
            )
        return tuple(said)
