"""Connections to servers that users name: only to the open net, never to what stands beside this machine."""

import ipaddress
import socket
from collections.abc import Sequence

from core.errors import UpstreamError
from core.sentences import Sentence

# These carry an IPv4 address inside: NAT64 (RFC 6052, RFC 8215) and 6to4 (RFC 3056).
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")
# Reserved, which older versions of Python do not know: relays of 6to4 (RFC 7526), documentation (RFC 9637).
_RESERVED = (ipaddress.ip_network("192.88.99.0/24"), ipaddress.ip_network("3fff::/20"))
# Global unicast; nothing else of IPv6 is given out to anybody (RFC 4291 2.4).
_GIVEN_OUT = ipaddress.ip_network("2000::/3")
# In front of the IPv4 address in an interface identifier of ISATAP (RFC 5214 6.1), with and without the global bit.
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})


class NotOutside(UpstreamError):
    """A name leads to this machine or to an inner network."""


def connect(host: str, port: int, timeout: float, *, outside: bool = False) -> socket.socket:
    """A TCP connection; with `outside` only where every address of the host is one of the open net.

    What was checked is what is connected to: the name is looked up once. Raises what sockets raise, and NotOutside.
    `timeout` is in seconds, for each address.
    """
    if not outside:
        return socket.create_connection((host, port), timeout=timeout)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    places = list(dict.fromkeys(str(place[4][0]) for place in found))
    if not places or not all(is_outside(place) for place in places):
        raise NotOutside(
            Sentence(
                "%(host)s is on this machine or in an inner network. For its users this site connects to servers of "
                "the open net only.",
                host=host,
            )
        )
    return connect_to(places, port, timeout)


def connect_to(addresses: Sequence[str], port: int, timeout: float) -> socket.socket:
    """A TCP connection to the first of some addresses, one at least, that takes it. Raises what sockets raise."""
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), timeout=timeout)
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), timeout=timeout)


def is_outside(address: str) -> bool:
    """Whether an address is one that everybody on the net can reach (the special-use registries, RFC 6890)."""
    try:
        known = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(known, ipaddress.IPv6Address):
        inner = _carried(known)
        if inner is not None:
            return is_outside(str(inner))
        if known not in _GIVEN_OUT or (int(known) >> 32) & 0xFFFFFFFF in _ISATAP:
            return False
    if any(known in network for network in _RESERVED):
        return False
    return known.is_global and not known.is_multicast and not known.is_reserved


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.teredo is not None:
        return address.teredo[1]
    if address in _SIX_TO_FOUR:
        return address.sixtofour
    if any(address in network for network in _NAT64):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
