"""A small site that tells what it received: `python -m tests.core.cli.received [workers]`, 4 threads each."""

import hashlib
import os
import socket
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from core.cli.arriving import Patience
from core.cli.crew import Crew
from core.cli.server import address_of, listen, run_server
from core.errors import ConfigError, TooSlow
from core.ini.app import Bind

CREW = Crew(int((sys.argv[1:] or ["1"])[0]))
HURRIED = Patience(head=2.0, grace=1.0, rate=100_000, turn=1.0, idle=2.5, farewell=0.5)


def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Tell how the request came in; /early does not look at its body, /late takes its time.

    /wrong puts what nobody can understand into the letterbox of worker 1, /closed lets nothing be put there any more.
    """
    body, path = hashlib.sha256(), environ["PATH_INFO"]
    if path == "/late":
        time.sleep(0.3)
    if path == "/wrong":
        socket.send_fds(CREW.letterboxes[1].slot, [b"x" * 300_000], [environ["gunicorn.socket"].fileno()])
    if path == "/closed":
        CREW.letterboxes[1].slot.close()
    try:
        while path != "/early" and (octets := environ["wsgi.input"].read(65_536)):
            body.update(octets)
    except TooSlow as error:
        words = str(error).encode()
        start("408 Request Timeout", [("Content-Type", "text/plain"), ("Content-Length", str(len(words)))])
        return [words]
    told = f"{path} {environ['REMOTE_ADDR']} {body.hexdigest()} {CREW.worker} {os.getpid()}\n".encode()
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(told)))])
    return [told]


@contextmanager
def site() -> Iterator[WSGIApplication]:
    """The site, which does not open where that was asked for."""
    print("opened", CREW.worker, file=sys.stderr, flush=True)
    if "refuse" in sys.argv:
        raise ConfigError("The data folder cannot be written.")
    yield answer


def main() -> int:
    """Serve on a free port until told to stop."""
    with listen(Bind.parse("127.0.0.1:0")) as listener:
        return run_server(site, listener, 4, lambda: print(address_of(listener), flush=True), HURRIED, CREW)


if __name__ == "__main__":
    sys.exit(main())
