"""A provider of tests on this machine, that answers as a test wants it."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

from modules.captcha.config import VerifyAddress

PASSED = {"success": True, "hostname": "localhost", "action": "login", "score": 0.9}


@dataclass
class FakeProvider:
    """What it answers, and what it was asked."""

    address: VerifyAddress = VerifyAddress("")
    status: int = 200
    answer: bytes = b""
    delay: float = 0
    drip: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def says(self, **told: object) -> None:
        """Answer with these fields over those of a test that was passed; None leaves one out."""
        fields = {name: value for name, value in {**PASSED, **told}.items() if value is not None}
        self.answer = json.dumps(fields).encode()


@contextmanager
def start_provider() -> Iterator[FakeProvider]:
    """A provider with whom every test is passed, at an address of its own."""
    provider = FakeProvider()
    provider.says()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.address = VerifyAddress.parse(f"http://127.0.0.1:{server.server_address[1]}/siteverify")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(provider: FakeProvider) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Writes down what it is asked."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            provider.asked.append(dict(parse_qsl(body)))
            provider.headers.append(dict(self.headers.items()))
            time.sleep(provider.delay)
            try:
                self.send_response(provider.status)
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.end_headers()
                self.wfile.write(provider.answer)
                for _ in range(provider.drip):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.05)
            except OSError:
                pass  # whoever asked has waited long enough

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    return Handler
