"""The [discovery] section of hm3.ini: whose servers are looked for, where, and whether people log in there."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path

from core import ConfigError, Port, option, tls
from modules.discovery.providers import SHIPPED, ProviderTable, read_table
from modules.discovery.values import Domain, NameServer

USUAL_PORTS = frozenset({143, 465, 587, 993, 4190})


class Asked(Enum):
    """Who is asked for the servers of an address."""

    TABLE = "table"
    AUTOCONFIG = "autoconfig"
    SRV = "srv"


@dataclass(frozen=True)
class DiscoveryConfig:
    """Mail servers found from an address."""

    login: bool = option(
        True, help="Whether people log in by any mail address, at the servers that were found and that they confirmed."
    )
    allowed_domains: tuple[Domain, ...] = option(
        (), help="The only mail domains whose servers are looked for. Without it, all of them are."
    )
    denied_domains: tuple[Domain, ...] = option(
        (), help="Mail domains whose servers are not looked for, such as those whose people log in here another way."
    )
    sources: tuple[Asked, ...] = option(
        (Asked.TABLE, Asked.AUTOCONFIG, Asked.SRV),
        help="Who is asked, in this order: table is the provider table, autoconfig the domain's own web server, srv "
        "its records in the names service.",
    )
    providers: Path | None = option(
        None, help="A provider table of your own, in TOML. What it says comes before what the shipped one says."
    )
    by_hand: bool = option(
        True,
        help="Whether people may name their servers themselves. Who does is another user here than the owner of the "
        "address, with the server in the name.",
    )
    allow_private: bool = option(
        False, help="Whether servers may stand on this machine or in an inner network. For intranets and tests."
    )
    more_ports: tuple[Port, ...] = option(
        (),
        help="Ports that servers may have besides 143, 465, 587, 993 and 4190. [sandbox] ports has to name them too.",
    )
    ca_file: Path | None = option(
        None, help="A PEM file of the authorities to trust, in place of the system's. For a private authority."
    )
    resolvers: tuple[NameServer, ...] = option(
        (), help="The addresses of the name servers to ask. Without it, those of the system."
    )
    resolver_port: Port = option(Port(53), help="Their port.")
    timeout: timedelta = option(timedelta(seconds=5), help="How long to wait for each source.")

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        if not timedelta() < self.timeout <= timedelta(seconds=30):
            raise ValueError("timeout has to be longer than nothing and 30 s at most.")
        try:
            tls.context_of(self.tls_options)
        except ConfigError as error:
            raise ValueError(str(error)) from error
        try:
            self.read_table()
        except ConfigError as error:
            raise ValueError(f"providers = {error}") from error

    @property
    def seconds(self) -> float:
        """How long to wait for each source."""
        return self.timeout.total_seconds()

    @property
    def tls_options(self) -> tls.TlsOptions:
        """Whom connections to what was found trust, from their first octet."""
        return self.secured_by(tls.Security.TLS)

    def secured_by(self, security: tls.Security) -> tls.TlsOptions:
        """Whom connections to what was found trust."""
        return tls.TlsOptions(security, self.ca_file)

    def read_table(self) -> ProviderTable:
        """The provider table, one's own before the shipped one. Raises ConfigError where it cannot be read."""
        return read_table(*([self.providers] if self.providers is not None else []), SHIPPED)

    def looks_for(self, domain: str) -> bool:
        """Whether the servers of a mail domain are looked for."""
        return domain not in self.denied_domains and (not self.allowed_domains or domain in self.allowed_domains)

    def takes_port(self, port: int) -> bool:
        """Whether a mail server may have this port."""
        return port in USUAL_PORTS or port in self.more_ports
