"""A small site that tells what it received: `python -m tests.core.cli.received [workers]`, 4 threads each.

It waits for whoever sends as long as no test takes, but for what is named shorter: `head=2`.
"""

import hashlib
import os
import socket
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from core.cli.arriving import Patience
from core.cli.crew import Crew
from core.cli.server import address_of, listen, run_server
from core.errors import ConfigError, TooSlow
from core.ini.app import Bind

CREW = Crew(int((sys.argv[1:] or ["1"])[0]))
SHORTER = {name: float(seconds) for name, _, seconds in (one.partition("=") for one in sys.argv) if seconds}
MEGABYTE = 1_000_000
PATIENCE = replace(Patience(head=300, grace=300, rate=1000, turn=300, idle=300, farewell=300), **SHORTER)


def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Tell how the request came in; /early does not look at its body, /late takes its time, /much is 40 MB.

    /wrong puts what nobody can understand into the letterbox of worker 1, /closed lets nothing be put there any more.
    """
    body, path = hashlib.sha256(), environ["PATH_INFO"]
    if path == "/late":
        time.sleep(0.3)
    if path == "/much":
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(40 * MEGABYTE))])
        return (b"x" * MEGABYTE for _ in range(40))
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
        return run_server(site, listener, 4, lambda: print(address_of(listener), flush=True), PATIENCE, CREW)


if __name__ == "__main__":
    sys.exit(main())
