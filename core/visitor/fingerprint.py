"""What a session knows its browser by: keyed hashes of what a browser says of itself and of where it is."""

import re
from collections.abc import Mapping
from functools import lru_cache

from core.ini.session import Fingerprint
from core.input.reading import Client
from core.security.crypto import lookup_hash, subkey
from core.visitor.devices import device_label, network

_PRODUCT = re.compile(r"[A-Za-z0-9._-]+")
_COMPARED: Mapping[Fingerprint, tuple[str, ...]] = {
    Fingerprint.OFF: (),
    Fingerprint.BROWSER: ("browser",),
    Fingerprint.NETWORK: ("browser", "network"),
    Fingerprint.STRICT: ("browser", "network", "headers"),
}


def take_fingerprint(root: bytes, client: Client) -> dict[str, str]:
    """The parts of a client's fingerprint, each hashed under a key of the server.

    `browser` says which browser on which system, and stays when either is updated; `network` stays within an IPv4 /24
    or an IPv6 /48; `headers` are the whole User-Agent and Accept-Language. Headers that differ between a page, its
    pictures and what its scripts fetch, such as Accept, are no part of it.
    """
    return dict(_taken(root, client.agent, client.address, client.languages))


def other_parts(known: Mapping[str, str], now: Mapping[str, str], how: Fingerprint) -> tuple[str, ...]:
    """The names of what differs and is compared. What was not known yet differs in nothing."""
    return tuple(part for part in _COMPARED[how] if part in known and known[part] != now[part])


# A browser asks often, and is the same each time.
@lru_cache(maxsize=512)
def _taken(root: bytes, agent: str, address: str, languages: str) -> tuple[tuple[str, str], ...]:
    parts = {
        "browser": _family(agent),
        "network": network(address) or address,
        "headers": f"{agent}\n{languages}",
    }
    key = subkey(root, "hm3.fpr")
    return tuple((name, lookup_hash(key, f"{name}\n{value}")[:32]) for name, value in parts.items())


def _family(agent: str) -> str:
    """A browser and its system without any version; of others the product that they name first (RFC 9110 10.1.5)."""
    product = _PRODUCT.match(agent)
    return device_label(agent) or (product[0] if product else "")
