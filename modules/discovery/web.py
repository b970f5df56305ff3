"""One page by HTTPS from a server that is not trusted: checked addresses, bounded size, bounded time."""

import http.client
import io
import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from core import tls
from modules.discovery.resolver import NoWay, Resolver
from modules.discovery.values import HostName

MOST_OCTETS = 64 * 1024
_MOST_HEADER = 16 * 1024
_MOST_REDIRECTS = 2
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
HTTPS_PORT = 443


class _Heard:
    """What a server sent, as http.client wants to read it."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets

    def makefile(self, mode: str) -> io.BytesIO:
        """The octets as a file; `mode` is always rb."""
        return io.BytesIO(self._octets)


@dataclass(frozen=True)
class Web:
    """Fetches pages. `port` is that of HTTPS, which only tests change."""

    resolver: Resolver
    options: tls.TlsOptions
    seconds: float
    port: int = HTTPS_PORT

    def fetch(self, host: HostName, target: str) -> bytes:
        """A page of a host, over as many redirects as stay at the host or below it.

        Raises NoWay where there is no such page, or it does not come whole in time.
        """
        ends = time.monotonic() + self.seconds
        asked, path = host, target
        for _ in range(_MOST_REDIRECTS + 1):
            response = self._ask(asked, path, ends)
            if response.status in _REDIRECTS:
                asked, path = self._follow(host, asked, path, response.getheader("Location", ""))
                continue
            if response.status != http.client.OK:
                raise NoWay(f"{asked} answers with status {response.status}")
            return _body(response)
        raise NoWay(f"{host} leads on and on")

    def _follow(self, first: HostName, asked: HostName, path: str, location: str) -> tuple[HostName, str]:
        try:
            parts = urlsplit(urljoin(f"https://{asked}{path}", location))
            host, port = HostName.parse(parts.hostname or ""), parts.port
        except ValueError as error:
            raise NoWay(f"{asked} leads to what is no host") from error
        if parts.scheme != "https" or port not in (None, HTTPS_PORT) or "@" in parts.netloc:
            raise NoWay(f"{asked} leads to where nothing is encrypted, or to another port")
        if not host.is_within(first):
            raise NoWay(f"{asked} leads to another domain")
        return host, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def _ask(self, host: HostName, target: str, ends: float) -> http.client.HTTPResponse:
        head = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nAccept: text/xml, application/xml\r\n"
        request = f"{head}Accept-Encoding: identity\r\nUser-Agent: hm3\r\nConnection: close\r\n\r\n"
        if not target.isascii() or any(letter <= " " for letter in target):
            raise NoWay(f"{host} has no such page")
        try:
            octets = self._exchange(host, request.encode("ascii"), ends)
            response = http.client.HTTPResponse(_Heard(octets))  # type: ignore[arg-type]  # it only reads its file
            response.begin()
        except (OSError, http.client.HTTPException) as error:
            raise NoWay(f"{host} gives no answer: {type(error).__name__}") from error
        return response

    def _exchange(self, host: HostName, request: bytes, ends: float) -> bytes:
        """Everything that a host answers until it closes the connection."""
        with self._connect(host, ends) as connection:
            connection.settimeout(_left(ends))
            connection.sendall(request)
            heard = bytearray()
            while True:
                connection.settimeout(_left(ends))
                piece = connection.recv(16 * 1024)
                if not piece:
                    return bytes(heard)
                heard += piece
                if len(heard) > MOST_OCTETS + _MOST_HEADER:
                    raise NoWay(f"{host} sends more than {MOST_OCTETS} octets")

    def _connect(self, host: HostName, ends: float) -> ssl.SSLSocket:
        """An encrypted connection to one of the addresses that were checked. Raises OSError and NoWay."""
        context, failure = tls.make_context(self.options), OSError("no address")
        for address in self.resolver.addresses(host):
            try:
                plain = socket.create_connection((address, self.port), timeout=_left(ends))
            except OSError as error:
                failure = error
                continue
            try:
                return context.wrap_socket(plain, server_hostname=host)
            except BaseException:
                plain.close()
                raise
        raise failure


def _body(response: http.client.HTTPResponse) -> bytes:
    try:
        octets = response.read(MOST_OCTETS + 1)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise NoWay("the answer ends too early") from error
    if len(octets) > MOST_OCTETS or (response.length or 0) > 0:
        raise NoWay("the answer is too long, or ends too early")
    return octets


def _left(ends: float) -> float:
    """The seconds that are left. Raises TimeoutError where there are none."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("There is no time left.")
    return left
