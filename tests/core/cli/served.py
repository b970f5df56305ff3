"""A small site for the server's tests to serve: `python -m tests.core.cli.served [refuse]`."""

import itertools
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from core.cli.server import address_of, listen, run_server
from core.errors import ConfigError
from core.ini.app import Bind


def endless() -> Iterator[bytes]:
    """A line every now and then, for ever."""
    for _ in itertools.count():
        yield b"on and on\n"
        time.sleep(0.05)


def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
    """Say how the request came in; at /endless, never stop."""
    start("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/endless":
        return endless()
    return [f"{environ['wsgi.url_scheme']} from {environ['REMOTE_ADDR']}".encode()]


@contextmanager
def site() -> Iterator[WSGIApplication]:
    """The site, or with the argument `refuse` a refusal."""
    if "refuse" in sys.argv:
        raise ConfigError("The data folder cannot be written.")
    print("opened", flush=True)
    yield answer
    print("closed", flush=True)


def main() -> int:
    """Serve on a free port until told to stop."""
    with listen(Bind.parse("127.0.0.1:0")) as listener:
        try:
            return run_server(site, listener, 4, lambda: print(address_of(listener), flush=True))
        finally:
            print("cleaned up", flush=True)


if __name__ == "__main__":
    sys.exit(main())
