"""Looking names up: addresses that may be connected to, mail exchanges, and records of services."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import dns.exception
import dns.name
import dns.rdatatype
import dns.rdtypes.ANY.MX
import dns.rdtypes.IN.SRV
import dns.resolver

from core import ConfigError, outside
from modules.discovery.config import DiscoveryConfig
from modules.discovery.values import HostName

log = logging.getLogger("hm3.discovery")
_MOST_RECORDS = 20


class NoWay(Exception):
    """A name has no address, or one that is not connected to."""


@dataclass(frozen=True)
class ServiceRecord:
    """Where a service is (RFC 2782): the host, empty where the domain says that it has none, and the port."""

    host: str
    port: int


class Resolver:
    """Asks the names service. What it says of a name is bounded, and counts for one search only."""

    def __init__(self, config: DiscoveryConfig, is_outside: Callable[[str], bool] = outside.is_outside) -> None:
        """Raises ConfigError where nobody is there to ask."""
        try:
            self._resolver = dns.resolver.Resolver(configure=not config.resolvers)
        except (dns.resolver.NoResolverConfiguration, OSError) as error:
            raise ConfigError("This machine names no name servers. Name some with [discovery] resolvers.") from error
        if config.resolvers:
            self._resolver.nameservers = list(config.resolvers)
            self._resolver.port = int(config.resolver_port)
        self._resolver.lifetime = config.seconds
        self._resolver.timeout = config.seconds / 2
        self._is_allowed = (lambda _: True) if config.allow_private else is_outside

    def addresses(self, host: HostName) -> tuple[str, ...]:
        """The addresses of a host. Raises NoWay where there is none, or one that is not of the open net among them."""
        found = self._addresses(host)
        if not found:
            raise NoWay(f"{host} has no address")
        if not all(self._is_allowed(address) for address in found):
            raise NoWay(f"{host} is on this machine or in an inner network")
        return found

    def exchanges(self, domain: str) -> tuple[str, ...]:
        """The hosts that take mail for a domain before all others (RFC 5321 5.1)."""
        records = [record for record in self._ask(domain, "MX") if isinstance(record, dns.rdtypes.ANY.MX.MX)]
        first = min((record.preference for record in records), default=0)
        return tuple(_text(record.exchange) for record in records if record.preference == first)

    def services(self, name: str) -> tuple[ServiceRecord, ...]:
        """The records of a service such as _imaps._tcp.example.org, the preferred ones first (RFC 2782)."""
        records = [record for record in self._ask(name, "SRV") if isinstance(record, dns.rdtypes.IN.SRV.SRV)]
        records.sort(key=lambda record: (record.priority, -record.weight))
        return tuple(ServiceRecord(_text(record.target), record.port) for record in records)

    def _addresses(self, host: HostName) -> tuple[str, ...]:
        if host == "localhost":
            return ("127.0.0.1",)  # RFC 6761 6.3: never asked for
        return tuple(record.to_text() for kind in ("A", "AAAA") for record in self._ask(host, kind))

    def _ask(self, name: str, kind: str) -> list[dns.rdata.Rdata]:
        """The records of one kind; none where there are none, or where nobody answers in time."""
        try:
            whole = dns.name.from_text(name, origin=dns.name.root)
            answer = self._resolver.resolve(whole, kind, search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return []
        except dns.exception.DNSException as error:
            log.info("%s of %s could not be looked up: %s.", kind, name, type(error).__name__)
            return []
        return list(answer.rrset or [])[:_MOST_RECORDS]


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower() if name != dns.name.root else ""
