"""Looking names up for modules: the name servers that are asked, and bounds on what they say and how long they take."""

import ipaddress
from collections.abc import Sequence
from typing import ClassVar, Self

import dns.exception
import dns.name
import dns.rdata
import dns.rdtypes.ANY.TXT
import dns.resolver

from core.input.values import Count, Line

MOST_RECORDS = 20
LONGEST_TEXT = 8_000
_MOST_KEPT = 2_000


class NameServer(Line):
    """The address of a server that looks names up."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        try:
            return cls(ipaddress.ip_address(super().parse(text.strip())))
        except ValueError:
            raise ValueError("is not an IP address like 192.0.2.53; a name server has no name of its own") from None


class NetPort(Count):
    """A port of TCP or UDP."""

    __slots__ = ()
    least: ClassVar[int] = 1
    most: ClassVar[int] = 65535


class NotLookedUp(Exception):
    """Nobody said in time whether there is such a record."""


class Lookup:
    """Asks name servers, without search lists. Answers are kept as long as they say themselves."""

    def __init__(self, servers: Sequence[NameServer] = (), port: int = 53) -> None:
        """The name servers to ask; without any, those of the system."""
        try:
            self._resolver = dns.resolver.Resolver(configure=not servers)
        except (dns.resolver.NoResolverConfiguration, OSError):
            # A machine without name servers finds no name, which is said of each.
            self._resolver = dns.resolver.Resolver(configure=False)
        if servers:
            self._resolver.nameservers = list(servers)
            self._resolver.port = port
        self._resolver.cache = dns.resolver.LRUCache(_MOST_KEPT)

    def texts(self, name: str, seconds: float) -> tuple[bytes, ...]:
        """The TXT records of a name, each as one (RFC 7208 3.3), found within so many seconds.

        Raises NotLookedUp. What is longer than any record that we know of is left out.
        """
        records = (one for one in self._ask(name, "TXT", seconds) if isinstance(one, dns.rdtypes.ANY.TXT.TXT))
        found = (b"".join(record.strings) for record in records)
        return tuple(text for text in found if len(text) <= LONGEST_TEXT)

    def addresses(self, host: str, seconds: float) -> tuple[str, ...]:
        """The addresses of a host, found within so many seconds. Raises NotLookedUp."""
        return tuple(one.to_text() for kind in ("A", "AAAA") for one in self._ask(host, kind, seconds / 2))

    def _ask(self, name: str, kind: str, seconds: float) -> list[dns.rdata.Rdata]:
        try:
            whole = dns.name.from_text(name, origin=dns.name.root)
            answer = self._resolver.resolve(whole, kind, search=False, raise_on_no_answer=False, lifetime=seconds)
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, UnicodeError) as error:
            raise NotLookedUp(f"{kind} of {name}: {type(error).__name__}") from error
        return list(answer.rrset or [])[:MOST_RECORDS]
