"""A small rspamd controller that answers as a test wants it, and remembers what it learned."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PASSWORD = "q1"


@dataclass
class Learner:
    """Where it listens, what it learned by path, and the status that it answers with from now on."""

    port: int = 0
    learned: list[tuple[str, bytes]] = field(default_factory=list)
    status: int = 200
    answer: bytes = b'{"success":true}'

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def start_learner() -> Iterator[Learner]:
    """Listen until the end of the block."""
    learner = Learner()

    class Controller(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            known = self.headers["Password"] == PASSWORD
            answer = learner.answer if known else json.dumps({"error": "Unauthorized\r\n"}).encode()
            self.send_response(learner.status if known else 403)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
            if known and learner.status == 200:
                learner.learned.append((self.path, body))

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Controller) as server:
        learner.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield learner
        finally:
            server.shutdown()
            thread.join()
