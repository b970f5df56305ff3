"""A browser as far as a server can tell: one kept connection, cookies, and the headers that browsers send."""

import re
import socket
from dataclasses import dataclass, field
from urllib.parse import urlencode

_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
_TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
_PIECE = 1 << 18


class PageFailed(RuntimeError):
    """hm3 answered otherwise than it should; the text names the address and the status."""


@dataclass(frozen=True)
class Answer:
    """One answer: its status, its headers in lower case, and its body as it came."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Browser:
    """One visitor's browser. It asks for whole answers, uncompressed unless `encodings` says what it can read.

    `timings` holds what the answers told of where their time went.
    """

    port: int
    host: str = "127.0.0.1"
    encodings: str = "identity"
    timeout: float = 300.0
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    received: int = 0
    timings: list[str] = field(default_factory=list)
    _socket: socket.socket | None = field(default=None, init=False, repr=False)

    def get(self, address: str, *, script: bool = False, place: str = "document") -> Answer:
        """A page for a place such as a frame or, for a script, a part of one. Raise PageFailed unless it is there."""
        lines = ("cors", "empty") if script else ("navigate", place)
        told = tuple(map("{}: {}".format, ("Sec-Fetch-Mode", "Sec-Fetch-Dest"), lines))
        answer = self._ask("GET", address, b"", (*told, "Accept: text/html"))
        if answer.status != 200:
            raise PageFailed(f"GET {address} is answered with {answer.status}.")
        return answer

    def post(self, address: str, fields: list[tuple[str, str]], *, script: bool = True, shown: bool = False) -> Answer:
        """Send a form, as a script does or as the browser itself. Raise PageFailed where it is refused.

        What is `shown` before it is done waits longer than what somebody waits for.
        """
        body = urlencode([("csrf_token", self.token), *fields]).encode()
        accept = "application/json" if script else "text/html"
        lines = ("Content-Type: application/x-www-form-urlencoded", f"Accept: {accept}", f"Content-Length: {len(body)}")
        answer = self._ask("POST", address, body, (*lines, "Priority: u=5") if shown else lines)
        if answer.status not in (200, 303):
            raise PageFailed(f"POST {address} is answered with {answer.status}.")
        return answer

    def log_in(self, name: str, password: str) -> str:
        """Send the login form, whose page is open, and give the address that it leads to."""
        answer = self.post("/login", [("username", name), ("password", password)], script=False)
        location = answer.headers.get("location", "")
        if not location or location.startswith("/login"):
            raise PageFailed(f"hm3 does not let {name} in.")
        return location

    def log_out(self) -> None:
        """End the session and forget its cookies."""
        self.post("/logout", [], script=False)
        self.cookies.clear()

    def follow(self, address: str) -> Answer:
        """A page, after the redirections on the way to it; its token goes with the forms that are sent from now on."""
        for _ in range(5):
            answer = self._ask("GET", address, b"", ("Sec-Fetch-Mode: navigate", "Accept: text/html"))
            if answer.status == 200:
                self._learn(answer, address)
                return answer
            if not (further := answer.headers.get("location", "")):
                raise PageFailed(f"GET {address} is answered with {answer.status}.")
            address = further
        raise PageFailed(f"{address} leads nowhere.")

    def _learn(self, answer: Answer, address: str) -> None:
        found = _TOKEN.search(answer.body)
        if found is None:
            raise PageFailed(f"{address} has no form.")
        self.token = found[1].decode()

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask(self, method: str, address: str, body: bytes, lines: tuple[str, ...]) -> Answer:
        head = self._head(method, address, lines)
        fresh = self._socket is None
        connection = self._socket or self._connect()
        try:
            connection.sendall(head + body)
            return self._read(connection)
        except (ConnectionError, EOFError):
            self.close()
            if fresh or method == "POST":
                raise
            return self._ask(method, address, body, lines)

    def begin(self, address: str, accept: str) -> socket.socket:
        """Ask for an answer that has no end, on a connection of its own, which is given."""
        connection = socket.create_connection((self.host, self.port), timeout=self.timeout)
        connection.sendall(self._head("GET", address, ("Sec-Fetch-Mode: cors", f"Accept: {accept}")))
        return connection

    def _head(self, method: str, address: str, lines: tuple[str, ...]) -> bytes:
        head = [
            f"{method} {address} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            f"User-Agent: {_AGENT}",
            f"Accept-Encoding: {self.encodings}",
            f"Origin: http://{self.host}:{self.port}",
            "Sec-Fetch-Site: same-origin",
            *lines,
        ]
        if self.cookies:
            head.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        return ("\r\n".join(head) + "\r\n\r\n").encode()

    def _connect(self) -> socket.socket:
        self._socket = socket.create_connection((self.host, self.port), timeout=self.timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _read(self, connection: socket.socket) -> Answer:
        data = bytearray()
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += _more(connection)
        first, *lines = data[:end].decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
            if name.lower() == "set-cookie":
                self._keep(value)
        rest = data[end + 4 :]
        if headers.get("transfer-encoding") == "chunked":
            body, used = _chunks(connection, rest)
        else:
            length = int(headers.get("content-length", "0"))
            body = _exactly(connection, rest, length)
            used = length
        self.received += end + 4 + used
        if "server-timing" in headers:
            self.timings.append(headers["server-timing"])
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(int(first.split(" ", 2)[1]), headers, body)

    def _keep(self, cookie: str) -> None:
        pair, _, attributes = cookie.strip().partition(";")
        name, _, value = pair.partition("=")
        if value and "max-age=0" not in attributes.lower():
            self.cookies[name] = value
        else:
            self.cookies.pop(name, None)


def _more(connection: socket.socket) -> bytes:
    piece = connection.recv(_PIECE)
    if not piece:
        raise EOFError("hm3 closed the connection.")
    return piece


def _exactly(connection: socket.socket, begun: bytearray, length: int) -> bytes:
    while len(begun) < length:
        begun += _more(connection)
    return bytes(begun)


def _chunks(connection: socket.socket, data: bytearray) -> tuple[bytes, int]:
    """The body of chunks (RFC 9112 7.1), and how many octets it took."""
    body = bytearray()
    at = 0
    while True:
        while (line := data.find(b"\r\n", at)) < 0:
            data += _more(connection)
        size = int(bytes(data[at:line]).split(b";")[0], 16)
        start, at = line + 2, line + 2 + size + 2
        while len(data) < at:
            data += _more(connection)
        body += data[start : start + size]
        if size == 0:
            return bytes(body), at
