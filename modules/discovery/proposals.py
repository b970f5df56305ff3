"""Servers that were shown and wait to be confirmed: sealed for the browser, so that nobody changes what was found."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import Secret, ServerKeys, crypto
from modules.discovery.model import FoundServers, unpack
from modules.discovery.values import MailAddress

LASTS = timedelta(minutes=30)
_PURPOSE = crypto.Purpose("discovery.shown")


@dataclass(frozen=True)
class Proposal:
    """The servers of an address, None where none were found, and where to go after the login."""

    address: MailAddress
    servers: FoundServers | None
    next: str


class Proposals:
    """Seals proposals and opens them again, for a while."""

    def __init__(self, keys: ServerKeys, now: Callable[[], datetime]) -> None:
        self._key = keys.of("hm3.discovery")
        self._suite = keys.suite
        self._now = now

    def seal(self, proposal: Proposal) -> Secret:
        """A proposal for the browser to keep."""
        told = {
            "address": proposal.address,
            "servers": proposal.servers.packed() if proposal.servers is not None else None,
            "next": proposal.next,
            "ends": int((self._now() + LASTS).timestamp()),
        }
        sealed = crypto.seal(self._key, json.dumps(told).encode(), _PURPOSE, self._suite)
        return Secret(urlsafe_b64encode(sealed).decode())

    def open(self, sealed: str) -> Proposal | None:
        """What was sealed, or None where it was not, or too long ago."""
        try:
            told = json.loads(crypto.unseal(self._key, urlsafe_b64decode(sealed), _PURPOSE))
        except (ValueError, crypto.DecryptError):
            return None
        if told["ends"] < self._now().timestamp():
            return None
        servers = unpack(told["servers"]) if told["servers"] is not None else None
        return Proposal(MailAddress(told["address"]), servers, str(told["next"]))
