"""A server of mailing lists that people leave over HTTPS, and messages of its lists."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from demo.certificates import Certificates
from tests.modules.mail.letters import plain

HOST = "lists.test"
OURS = "mx.example.org"
SIGNED = "from:subject:list-unsubscribe:list-unsubscribe-post"


@dataclass
class Lists:
    """Where it listens, what it was asked, and how it answers."""

    port: int = 0
    status: int = 200
    location: str = ""
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def page(self) -> str:
        """The address that takes people off a list."""
        return f"https://{HOST}:{self.port}/leave?who=7"


@contextmanager
def serve_lists(certificates: Certificates) -> Iterator[Lists]:
    """Serve until the end of the block."""
    lists = Lists()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = {name.lower(): value for name, value in self.headers.items()}
            lists.asked.append((self.command, self.path, told, body))
            self.send_response(lists.status)
            if lists.location:
                self.send_header("Location", lists.location)
            self.send_header("Set-Cookie", "known=1")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing of those who did not like the certificate."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.certificate, certificates.key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        lists.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield lists
        finally:
            server.shutdown()
            thread.join()


def newsletter(
    ways: str, *, results: str = f"{OURS}; dkim=pass header.d=lists.test", signed: str = SIGNED, more: str = ""
) -> bytes:
    """A message of a list that names ways out, under what a server says of its signature."""
    top = (
        f"Authentication-Results: {results}\r\n"
        f"DKIM-Signature: v=1; a=rsa-sha256; d=lists.test; s=one; h={signed}; bh=YQ==; b=YWJjZGVmZ2hp\r\n"
        f"List-Unsubscribe: {ways}\r\n{more}"
    )
    return top.encode() + plain("News of the garden", sender="Garden News <news@lists.test>")


ONE_CLICK = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
