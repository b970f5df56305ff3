"""What is found out about the servers of a mail address."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from core import Port, Sentence, tls
from modules.discovery.values import HostName, MailAddress


class Source(Enum):
    """Where servers were learned from, in the order of trust in which they are asked."""

    TABLE = "provider table"
    AUTOCONFIG = "autoconfig"
    SRV = "srv"
    HAND = "by hand"


class PasswordRule(Enum):
    """Which password a provider takes from mail programs."""

    ACCOUNT = "account"
    APP = "app"
    NONE = "none"


@dataclass(frozen=True)
class FoundServer:
    """One server, how it is reached, and the name to log in with there."""

    host: HostName
    port: int
    security: tls.Security
    username: str

    def packed(self) -> list[str | int]:
        """The same as JSON values, from which `unpack_server` makes it again."""
        return [self.host, self.port, self.security.value, self.username]


@dataclass(frozen=True)
class FoundServers:
    """The servers of one mail address.

    `provider` is what people call them, where it is known; `oauth` names who lets people in there without a password.
    `switch_on` says that access by IMAP has to be switched on at the provider, and `help` is where it explains itself.
    """

    imap: FoundServer
    smtp: FoundServer | None
    sieve: FoundServer | None
    source: Source
    oauth: str | None = None
    provider: str = ""
    passwords: PasswordRule = PasswordRule.ACCOUNT
    switch_on: bool = False
    help: str = ""

    def strangers_to(self, domain: str) -> tuple[HostName, ...]:
        """The names that only a record of the domain vouches for, and neither it nor the provider table does."""
        if self.source is Source.TABLE:
            return ()
        hosts = [server.host for server in (self.imap, self.smtp, self.sieve) if server is not None]
        return tuple(dict.fromkeys(host for host in hosts if not host.is_within(domain)))

    def packed(self) -> dict[str, object]:
        """The same as JSON values, from which `unpack` makes it again."""
        return {
            "imap": self.imap.packed(),
            "smtp": self.smtp.packed() if self.smtp else None,
            "sieve": self.sieve.packed() if self.sieve else None,
            "source": self.source.value,
            "oauth": self.oauth,
            "provider": self.provider,
            "passwords": self.passwords.value,
            "switch_on": self.switch_on,
            "help": self.help,
        }


def user_name(address: MailAddress, servers: FoundServers) -> str:
    """Who somebody is whom these servers let in.

    What was found for the exact domain vouches for the address. A server that somebody named themselves vouches for its
    own users alone: they are called by what they are called there, and by the server. No address ends in a slash, a
    host and a port, so neither can be taken for the other.
    """
    if servers.source is not Source.HAND:
        return str(address)
    return f"{servers.imap.username}/{servers.imap.host}:{servers.imap.port}"


def unpack(told: Mapping[str, object]) -> FoundServers:
    """What `packed` gave. Raises ValueError, KeyError or TypeError where it is something else."""
    imap = unpack_server(told["imap"])
    if imap is None:
        raise ValueError("There is no IMAP server.")
    return FoundServers(
        imap,
        unpack_server(told["smtp"]),
        unpack_server(told["sieve"]),
        Source(told["source"]),
        str(told["oauth"]) if told["oauth"] else None,
        str(told["provider"]),
        PasswordRule(told["passwords"]),
        bool(told["switch_on"]),
        str(told["help"]),
    )


def unpack_server(told: object) -> FoundServer | None:
    """One server of `packed`. Raises ValueError or TypeError where it is something else."""
    if told is None:
        return None
    if not isinstance(told, list) or len(told) != 4:
        raise ValueError("This is no server.")
    host, port, security, username = told
    return FoundServer(HostName.parse(str(host)), int(Port.parse(str(port))), encrypted(str(security)), str(username))


def encrypted(security: str) -> tls.Security:
    """TLS or STARTTLS. Raises ValueError for anything else: nothing is sent in the clear."""
    found = tls.Security(security)
    if found is tls.Security.NONE:
        raise ValueError(Sentence("is not encrypted"))
    return found
