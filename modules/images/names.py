"""Looking names up: all addresses of a host, and only where every one of them may be connected to."""

import dns.exception
import dns.resolver

from core import outside
from modules.images.addresses import ImageAddress
from modules.images.config import ImagesConfig
from modules.images.errors import NotShown

_MOST_ADDRESSES = 20


class Names:
    """Asks the names service. What it says counts for one connection only."""

    def __init__(self, config: ImagesConfig) -> None:
        self._inner = config.inner_networks
        try:
            self._resolver = dns.resolver.Resolver(configure=not config.resolvers)
        except (dns.resolver.NoResolverConfiguration, OSError):
            # Without name servers no name has an address.
            self._resolver = dns.resolver.Resolver(configure=False)
        if config.resolvers:
            self._resolver.nameservers = list(config.resolvers)
            self._resolver.port = int(config.resolver_port)

    def addresses(self, asked: ImageAddress, seconds: float) -> tuple[str, ...]:
        """The addresses of a host, found within so many seconds.

        Raises NotShown where there is none, or where one of them is on this machine or in an inner network.
        """
        if asked.is_number:
            found: tuple[str, ...] = (asked.host,)
        elif asked.host == "localhost" or asked.host.endswith(".localhost"):
            found = ("127.0.0.1",)  # RFC 6761 6.3: never asked for
        else:
            found = (*self._ask(asked.host, "A", seconds), *self._ask(asked.host, "AAAA", seconds))
        if not found:
            raise NotShown("the host has no address")
        if not all(self._is_allowed(address) for address in found):
            raise NotShown("the host is on this machine or in an inner network")
        return found

    def _is_allowed(self, address: str) -> bool:
        return outside.is_outside(address) or any(network.holds(address) for network in self._inner)

    def _ask(self, host: str, kind: str, seconds: float) -> tuple[str, ...]:
        try:
            answer = self._resolver.resolve(
                f"{host}.", kind, search=False, raise_on_no_answer=False, lifetime=seconds / 2
            )
        except dns.exception.DNSException:
            return ()
        return tuple(record.to_text() for record in answer.rrset or ())[:_MOST_ADDRESSES]
