"""One image from a server that nobody trusts: checked addresses, a bounded size, a bounded time, and no traces."""

import contextlib
import http.client
import io
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

from core import outside, tls
from modules.images.addresses import ImageAddress
from modules.images.config import ImagesConfig
from modules.images.errors import NotShown, Silent
from modules.images.names import Names

MOST_REDIRECTS = 3
MOST_HEADER = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CONNECTING = 3.0  # seconds
_PIECE = 64 * 1024
# The same for every reader and every version.
_SAID = (
    "Accept: image/png,image/jpeg,image/gif,image/webp",
    "Accept-Encoding: identity",
    "User-Agent: Mozilla/5.0 (compatible; hm3-image-proxy)",
    "Connection: close",
)
_POSTED = (
    "Accept: */*",
    "Accept-Encoding: identity",
    "User-Agent: Mozilla/5.0 (compatible; hm3)",
    "Content-Type: application/x-www-form-urlencoded",
    "Connection: close",
)


class _Heard(io.RawIOBase):
    """What a server sends, as a file that ends with an error when its time or its room is over."""

    def __init__(self, connection: socket.socket, ends: float, most: int) -> None:
        self._connection = connection
        self._ends = ends
        self._left = most

    def readable(self) -> bool:
        """It is read."""
        return True

    def readinto(self, room: memoryview) -> int:  # type: ignore[override]  # what io hands over is one
        """Wait for the next octets. Raises TimeoutError and NotShown."""
        self._connection.settimeout(seconds_until(self._ends))
        count = self._connection.recv_into(room)
        self._left -= count
        if self._left < 0:
            raise NotShown("the server sends too much")
        return count


class _Reply:
    """A file, as http.client wants to be given a connection."""

    def __init__(self, file: io.RawIOBase) -> None:
        self._file = file

    def makefile(self, mode: str) -> io.BufferedReader:
        """What is heard; `mode` is always rb."""
        return io.BufferedReader(self._file, _PIECE)


@dataclass(frozen=True)
class Web:
    """Fetches images. It keeps nothing of what a server says, and tells it nothing of who reads."""

    config: ImagesConfig
    names: Names

    def fetch(self, address: ImageAddress) -> bytes:
        """What stands at an address, over a few redirects. Raises NotShown where it does not come whole, or in time."""
        ends = time.monotonic() + self.config.timeout.total_seconds()
        for _ in range(MOST_REDIRECTS + 1):
            try:
                with self._connect(address, ends) as connection:
                    found = self._ask(connection, address, ends)
            except TimeoutError as error:
                raise Silent("the server does not answer in time") from error
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise NotShown(f"the server gives no answer: {type(error).__name__}") from error
            if isinstance(found, bytes):
                return found
            address = found
        raise NotShown("the server leads on and on")

    def submit(self, address: ImageAddress, form: bytes) -> int:
        """Post a form, and give the status of the answer; nothing is followed, and nothing kept.

        Raises NotShown where there is no answer, or none in time.
        """
        ends = time.monotonic() + self.config.timeout.total_seconds()
        try:
            with self._connect(address, ends) as connection:
                lines = (
                    f"POST {address.target} HTTP/1.1",
                    f"Host: {address.place}",
                    *_POSTED,
                    f"Content-Length: {len(form)}",
                )
                connection.settimeout(seconds_until(ends))
                connection.sendall("\r\n".join((*lines, "", "")).encode("ascii") + form)
                response = http.client.HTTPResponse(_Reply(_Heard(connection, ends, MOST_HEADER)))  # type: ignore[arg-type]  # it only reads its file
                response.begin()
                return response.status
        except TimeoutError as error:
            raise Silent("the server does not answer in time") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotShown(f"the server gives no answer: {type(error).__name__}") from error

    def _ask(self, connection: socket.socket, address: ImageAddress, ends: float) -> bytes | ImageAddress:
        """The octets at an address, or where it leads instead."""
        lines = (f"GET {address.target} HTTP/1.1", f"Host: {address.place}", *_SAID)
        connection.settimeout(seconds_until(ends))
        connection.sendall("\r\n".join((*lines, "", "")).encode("ascii"))
        heard = _Heard(connection, ends, self.config.largest + MOST_HEADER)
        response = http.client.HTTPResponse(_Reply(heard))  # type: ignore[arg-type]  # it only reads its file
        response.begin()
        if response.status in _REDIRECTS:
            return address.follow(response.getheader("Location", ""))
        if response.status != http.client.OK:
            raise NotShown(f"the server answers with status {response.status}")
        if response.getheader("Content-Encoding", "identity").lower() != "identity":
            raise NotShown("the server packs what nobody asked it to pack")
        if (response.length or 0) > self.config.largest:
            raise NotShown("the image is too large")
        octets = response.read(self.config.largest + 1)
        if len(octets) > self.config.largest or (response.length or 0) > 0:
            raise NotShown("the image is too large, or ends too early")
        return octets

    @contextlib.contextmanager
    def _connect(self, address: ImageAddress, ends: float) -> Iterator[socket.socket]:
        """A connection to one of the addresses that were checked, encrypted where the address says so."""
        if address.port not in self.config.ports:
            raise NotShown(f"port {address.port} is not one of the web")
        places = self.names.addresses(address, seconds_until(ends))
        with self._open(places, address.port, ends) as plain:
            if not address.encrypted:
                yield plain
                return
            context = tls.context_of(self.config.tls_options)
            with context.wrap_socket(plain, server_hostname=address.host) as encrypted:
                yield encrypted

    def _open(self, places: tuple[str, ...], port: int, ends: float) -> socket.socket:
        if self.config.outgoing_proxy is None:
            return outside.connect_to(places, port, min(_CONNECTING, seconds_until(ends)))
        connection = socket.create_connection(self.config.outgoing_proxy.place, timeout=seconds_until(ends))
        try:
            self._pass(connection, places[0], port, ends)
        except BaseException:
            connection.close()
            raise
        return connection

    def _pass(self, proxy: socket.socket, place: str, port: int, ends: float) -> None:
        """Have the proxy connect to an address (RFC 9110 9.3.6). Raises NotShown where it does not."""
        there = f"[{place}]:{port}" if ":" in place else f"{place}:{port}"
        proxy.sendall(f"CONNECT {there} HTTP/1.1\r\nHost: {there}\r\n\r\n".encode("ascii"))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            proxy.settimeout(seconds_until(ends))
            # Octet by octet: what follows the head belongs to whom it leads to.
            octet = proxy.recv(1)
            head += octet
            if not octet or len(head) > MOST_HEADER:
                raise NotShown("the outgoing proxy gives no answer")
        if not head.startswith((b"HTTP/1.1 2", b"HTTP/1.0 2")):
            raise NotShown("the outgoing proxy does not lead there")


def seconds_until(ends: float) -> float:
    """The seconds that are left. Raises TimeoutError where there are none."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("There is no time left.")
    return left
