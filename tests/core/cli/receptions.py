"""A reception without a worker around it, and one connection that it listens to."""

import selectors
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

from gunicorn.config import Config
from gunicorn.glogging import Logger

from core.cli.arriving import Patience
from core.cli.calling import Caller
from core.cli.reception import Reception


@contextmanager
def one_caller() -> Iterator[tuple[Reception, Caller, socket.socket]]:
    """The reception, who called, and the other end of that connection. No thread answers anything."""
    config = Config()
    here, there = socket.socketpair()
    with socket.create_server(("127.0.0.1", 0)) as listener, there, selectors.DefaultSelector() as poller:
        reception = Reception(0, 0, [listener], SimpleNamespace(patience=Patience()), 30, config, Logger(config))
        reception.poller, reception.tpool = poller, SimpleNamespace(do=lambda work, deference: None, is_exhausted=False)
        caller = Caller(reception, here, "")
        reception.begin(caller, b"")
        yield reception, caller, there
        reception.tmp.close()
