"""One policy by HTTPS from a server that is not trusted: a checked address, a bounded size, a bounded time."""

import http.client
import io
import socket
import time
from dataclasses import dataclass

from core import lookup, outside, tls
from modules.mtasts.config import MtaStsConfig
from modules.mtasts.policy import LONGEST_POLICY

_MOST_HEADER = 16 * 1024
_TARGET = "/.well-known/mta-sts.txt"


class NoPolicy(Exception):
    """A domain's server gives no policy."""


class _Heard:
    """What a server sent, as http.client wants to read it."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def makefile(self, mode: str) -> io.BytesIO:
        """The octets as a file; `mode` is always rb."""
        return io.BytesIO(self._octets)


@dataclass(frozen=True)
class Web:
    """Fetches policies. It follows no redirect (RFC 8461 3.3), and keeps and tells nothing."""

    config: MtaStsConfig
    names: lookup.Lookup

    def fetch(self, domain: str, ends: float) -> bytes:
        """The document of a domain in ASCII, until a time of the monotonic clock. Raises NoPolicy."""
        host = f"mta-sts.{domain}"
        try:
            octets = self._exchange(host, ends)
            response = http.client.HTTPResponse(_Heard(octets))  # type: ignore[arg-type]  # it only reads its file
            response.begin()
            body = response.read(LONGEST_POLICY + 1)
        except (OSError, ValueError, http.client.HTTPException, lookup.NotLookedUp) as error:
            raise NoPolicy(f"{host} gives no answer: {type(error).__name__}") from error
        kind = response.getheader("Content-Type", "").partition(";")[0].strip().lower()
        if response.status != http.client.OK or kind != "text/plain":
            raise NoPolicy(f"{host} answers with status {response.status} and {kind or 'no type'}")
        if len(body) > LONGEST_POLICY or (response.length or 0) > 0:
            raise NoPolicy(f"{host} sends too much, or ends too early")
        return body

    def _exchange(self, host: str, ends: float) -> bytes:
        """Everything that a host answers until it closes the connection."""
        request = f"GET {_TARGET} HTTP/1.1\r\nHost: {host}\r\nAccept: text/plain\r\nUser-Agent: hm3\r\n"
        with self._connect(host, ends) as plain:
            plain.settimeout(_left(ends))
            with tls.context_of(self.config.tls_options).wrap_socket(plain, server_hostname=host) as connection:
                connection.sendall(f"{request}Accept-Encoding: identity\r\nConnection: close\r\n\r\n".encode("ascii"))
                heard = bytearray()
                while True:
                    connection.settimeout(_left(ends))
                    piece = connection.recv(16 * 1024)
                    if not piece:
                        return bytes(heard)
                    heard += piece
                    if len(heard) > LONGEST_POLICY + _MOST_HEADER:
                        raise NoPolicy(f"{host} sends too much")

    def _connect(self, host: str, ends: float) -> socket.socket:
        """A connection to one of the addresses of a host, all of which are of the open net."""
        places = self.names.addresses(host, _left(ends))
        if not places:
            raise NoPolicy(f"{host} has no address")
        if not self.config.allow_private and not all(outside.is_outside(place) for place in places):
            raise NoPolicy(f"{host} is on this machine or in an inner network")
        return outside.connect_to(places, int(self.config.https_port), _left(ends))


def _left(ends: float) -> float:
    """The seconds that are left. Raises TimeoutError where there are none."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("There is no time left.")
    return left
