"""What the pages about found servers accept."""

from enum import Enum
from typing import ClassVar

from core import Line, Port, Secret, Sentence, cookie, form, inputs
from modules.discovery.values import HostName


class Sealed(Line):
    """What was sealed for the browser, which can keep it and show it again and do nothing else with it."""

    __slots__ = ()
    longest: ClassVar[int] = 8000


class ServerUsername(Line):
    """The name to log in with at a mail server."""

    __slots__ = ()
    longest: ClassVar[int] = 320

    @classmethod
    def parse(cls, text: str, /) -> "ServerUsername":
        """Raise ValueError with a reason that reads after the field's name."""
        name = super().parse(text.strip())
        if not name:
            raise ValueError(Sentence("is missing"))
        if not name.isprintable():
            raise ValueError(Sentence("holds letters that are not seen"))
        return name


class Encryption(Enum):
    """How a server encrypts. There is no way without."""

    TLS = "tls"
    STARTTLS = "starttls"


@inputs
class Kept:
    """What the browser kept of the servers that were found."""

    discovery_servers: Sealed = cookie(Sealed(""))


@inputs
class Confirmed:
    """The servers that were shown, and the password for them."""

    servers: Sealed = form()
    password: Secret = form()


@inputs
class NamedByHand:
    """Servers as somebody names them. Without a host for sending, there is nothing to send by."""

    servers: Sealed = form()
    username: ServerUsername = form()
    imap_host: HostName = form()
    imap_port: Port = form()
    imap_security: Encryption = form()
    smtp_host: HostName | None = form(None)
    smtp_port: Port | None = form(None)
    smtp_security: Encryption | None = form(None)
