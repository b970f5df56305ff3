"""A small site that tells what it received: `python -m tests.core.cli.received`, with little patience and 4 threads."""

import hashlib
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from core.cli.arriving import Patience
from core.cli.server import address_of, listen, run_server
from core.errors import TooSlow
from core.ini.app import Bind

HURRIED = Patience(head=0.6, grace=0.6, rate=100_000, turn=0.5, idle=1.2, farewell=0.5)


def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Tell how the request came in; /early does not look at its body, /late takes its time."""
    body, path = hashlib.sha256(), environ["PATH_INFO"]
    if path == "/late":
        time.sleep(0.3)
    try:
        while path != "/early" and (octets := environ["wsgi.input"].read(65_536)):
            body.update(octets)
    except TooSlow as error:
        words = str(error).encode()
        start("408 Request Timeout", [("Content-Type", "text/plain"), ("Content-Length", str(len(words)))])
        return [words]
    told = f"{path} {environ['REMOTE_ADDR']} {body.hexdigest()} {threading.active_count()}\n".encode()
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(told)))])
    return [told]


@contextmanager
def site() -> Iterator[WSGIApplication]:
    """The site."""
    yield answer


def main() -> int:
    """Serve on a free port until told to stop."""
    with listen(Bind.parse("127.0.0.1:0")) as listener:
        return run_server(site, listener, 4, lambda: print(address_of(listener), flush=True), HURRIED)


if __name__ == "__main__":
    sys.exit(main())
