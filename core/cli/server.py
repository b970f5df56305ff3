"""Serve a WSGI application with gunicorn: one process or several, many threads, stopped within seconds."""

import errno
import gc
import itertools
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any, NoReturn
from wsgiref.types import WSGIApplication

import gunicorn.http.wsgi
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.errors import AppImportError

from core.cli.arriving import Patience
from core.cli.crew import Crew
from core.cli.log import ServersLog
from core.cli.reception import Reception
from core.cli.sorter import Sorter
from core.errors import ConfigError, WebmailError
from core.ini.app import Bind

OpenSite = Callable[[], AbstractContextManager[WSGIApplication]]

_BACKLOG = 512
# Open streams, such as a tab that waits for new mail, are cut off this many seconds after the stop was asked for.
_GRACE = 3
# A proxy keeps its connections open for about a minute; a shorter time here would end some under its hands.
_KEEP_ALIVE = 75
# A body of up to so many octets is copied to go with its head.
_ONE_PIECE = 1 << 20
# New objects before Python looks for circles among them, and how often those that were left are looked at with them.
_CIRCLES = (10_000, 20, 20)


def listen(bind: Bind) -> socket.socket:
    """A listening socket. Raises ConfigError with the reason and the way out where there can be none."""
    try:
        found = socket.getaddrinfo(bind.host, bind.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise ConfigError(f"Nothing can listen on {bind}: {bind.host} has no address ({error.strerror}).") from error
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Every accepted connection has it too. Without it the body of an answer, which is written after its headers,
        # would wait for the client to acknowledge those, and clients take 40 ms for that.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ConfigError(f"Nothing can listen on {bind}: {way_out(error, bind)}") from error
    return listener


def way_out(error: OSError, bind: Bind) -> str:
    """Why a port cannot be listened on, and what helps."""
    if error.errno == errno.EADDRINUSE:
        return f"port {bind.port} is in use. Stop what uses it, or name another port with --bind."
    if error.errno == errno.EACCES:
        return f"port {bind.port} is not for everyone. Take one above 1023, and let the proxy listen on {bind.port}."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{bind.host} is not an address of this machine."
    return f"{error.strerror}."


def address_of(listener: socket.socket) -> str:
    """The address to type into a browser on this machine."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run_server(
    open_site: OpenSite,
    listener: socket.socket,
    threads: int,
    on_ready: Callable[[], None],
    patience: Patience | None = None,
    crew: Crew | None = None,
) -> int:
    """Serve until a signal says stop, and return the exit code. The site is opened and closed in each worker.

    In a worker, `crew` says which one it is when `open_site` is called.
    """
    # The worker is a copy of this process: what waits to be written would be written twice.
    sys.stdout.flush()
    sys.stderr.flush()
    master = os.getpid()
    code: object = 0
    try:
        server = _Server(open_site, listener, threads, on_ready, patience or Patience(), crew or Crew())
        (Arbiter if server.crew.workers == 1 else _Foreman)(server).run()
    except SystemExit as stop:
        code = stop.code
    if os.getpid() != master:
        _leave_worker(code)
    return 1 if code else 0


class _Foreman(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    """Starts as many workers as there are places in the crew, never two for one place."""

    def handle_hup(self) -> None:
        """Replace all workers: a new one begins when the one before it has ended."""
        self.kill_workers(signal.SIGTERM)

    def _refuse(self) -> None:
        self.log.warning("[app] workers says how many there are; a signal does not change that.")

    handle_ttin = handle_ttou = handle_usr2 = _refuse


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's settings, and the site of its workers."""

    def __init__(
        self,
        open_site: OpenSite,
        listener: socket.socket,
        threads: int,
        on_ready: Callable[[], None],
        patience: Patience,
        crew: Crew,
    ) -> None:
        self.patience = patience
        self.crew = crew
        self._sign_of_life: Callable[[], None] = lambda: None
        self._open_site = open_site
        self._descriptor = os.dup(listener.fileno())
        self._threads = threads
        self._on_ready = on_ready
        self._opened = ExitStack()
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn how to serve."""
        settings = {
            "bind": f"fd://{self._descriptor}",
            "worker_class": Reception if self.crew.workers == 1 else Sorter,
            "workers": self.crew.workers,
            "threads": self._threads,
            "graceful_timeout": _GRACE,
            "keepalive": _KEEP_ALIVE,
            "loglevel": "warning",
            "errorlog": "-",
            "logger_class": ServersLog,
            # Addresses hold what people search for; the timing line of each request is the log of accesses.
            "accesslog": None,
            # Only ProxyFix in core/web believes X-Forwarded headers, and only as many as hm3.ini says.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
            "forwarder_headers": "",
            "control_socket_disable": True,
            "pre_fork": self._give_place,
            "post_fork": self._take_place,
            "pre_request": self._note_request,
            "post_worker_init": self._say_ready,
            "worker_exit": self._close_site,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """Open the site, in the worker. A deliberate error ends the server with its sentence."""
        _answer_quietly()
        with self.crew.opening(self._sign_of_life) as worthwhile:
            if not worthwhile:
                sys.exit()
            try:
                site = self._opened.enter_context(self._open_site())
            except WebmailError as error:
                raise AppImportError(str(error)) from error
        settle_memory()
        return site

    # Any: gunicorn's worker and arbiter have no types.
    def _give_place(self, arbiter: Any, worker: Any) -> None:
        """Before the fork: the place of one that has ended, or of nobody yet."""
        taken = {other.worker for other in arbiter.WORKERS.values()} if self.crew.workers > 1 else set()
        worker.worker = next(place for place in itertools.count() if place not in taken)

    def _take_place(self, arbiter: Any, worker: Any) -> None:
        """In the worker, before anything is opened."""
        self.crew.join(worker.worker)
        self._sign_of_life = worker.notify

    def _say_ready(self, worker: Any) -> None:
        # Gunicorn asks for one or the other with each line of each request, and looks for where it stands each time.
        vars(worker.cfg).update({name: setting.get() for name, setting in worker.cfg.settings.items()})
        if self.crew.is_complete():
            self._on_ready()

    # Any: gunicorn's request has no type.
    def _note_request(self, worker: Any, request: Any) -> None:
        request.unreader.message = request

    def _close_site(self, arbiter: Any, worker: Any) -> None:
        self._opened.close()


def settle_memory() -> None:
    """Have Python's search for circles pass over what an opened site consists of, and begin less often.

    It would go through hundreds of thousands of objects that stay for as long as the process, in the midst of requests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_CIRCLES)


# Any: gunicorn's parts have no types.
class _Answer(gunicorn.http.wsgi.Response):  # type: ignore[misc]  # gunicorn has no types
    """An answer that does not say what server sends it, and that leaves as one piece where it is one."""

    headers_sent: bool

    def default_headers(self) -> list[str]:
        """The first lines. Gunicorn names itself in every answer and has no setting against it."""
        return [line for line in super().default_headers() if not line.startswith("Server:")]

    def write(self, piece: bytes) -> None:
        """Send a piece of the body; a body of one piece goes with the head: the other side wakes up once."""
        if self.headers_sent or self._omits_body or len(piece) != self.response_length or len(piece) > _ONE_PIECE:
            super().write(piece)
            return
        lines = [*self.default_headers(), *[f"{name}: {value}\r\n" for name, value in self.headers], "\r\n"]
        self.headers_sent = True
        self.sent = len(piece)
        self.sock.sendall("".join(lines).encode("latin-1") + piece)


def _answer_quietly() -> None:
    """Have this process send its answers so."""
    gunicorn.http.wsgi.Response = _Answer


def _leave_worker(code: object) -> NoReturn:
    """End a worker here and now: what its copy of the caller would clean up belongs to the caller alone."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0)
