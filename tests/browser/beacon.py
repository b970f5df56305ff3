"""A server of somebody else's, which notes who calls."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from demo.ports import LOOPBACK
from tests.modules.mail.letters import PIXEL


@dataclass
class Beacon:
    """Where it listens, how many connections were made to it, and the headers of what it was asked for."""

    port: int
    connections: list[object] = field(default_factory=list)
    requests: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Its address; the name is another one than the site's."""
        return f"http://localhost:{self.port}"


@contextmanager
def listening() -> Iterator[Beacon]:
    """Listen until the end of the block; answer everything with a picture."""
    server = ThreadingHTTPServer((LOOPBACK, 0), BaseHTTPRequestHandler)
    beacon = Beacon(server.server_port)

    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            beacon.connections.append(self.client_address)
            super().setup()

        def do_GET(self) -> None:
            beacon.requests[self.path] = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(PIXEL)))
            self.end_headers()
            self.wfile.write(PIXEL)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield beacon
    finally:
        server.shutdown()
        server.server_close()
