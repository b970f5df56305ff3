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
