"""A Redis of a test's own, on high ports of the loopback address, with and without TLS, and on a socket."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import redis

from demo.certificates import Certificates, make_certificates
from demo.ports import LOOPBACK, free_ports
from demo.processes import Child, ProcessFailed, start_child

PROGRAM = "redis-server"
PASSWORD = "test"


@dataclass
class RedisServer:
    """A running server, which can be stopped and started again where it was."""

    port: int
    tls_port: int
    socket: Path
    certificates: Certificates
    folder: Path
    child: Child

    @property
    def url(self) -> str:
        """Its address on the loopback interface."""
        return f"redis://:{PASSWORD}@{LOOPBACK}:{self.port}/0"

    @property
    def tls_url(self) -> str:
        """Its address with TLS, under a name that its certificate holds."""
        return f"rediss://:{PASSWORD}@localhost:{self.tls_port}/0"

    @property
    def socket_url(self) -> str:
        """The address of its socket."""
        return f"unix://:{PASSWORD}@{self.socket}"

    def empty(self) -> None:
        """Forget everything."""
        self.client().flushall()

    def client(self) -> "redis.Redis":
        """A client of the test's own."""
        return redis.Redis(LOOPBACK, self.port, password=PASSWORD)

    def stop(self) -> None:
        """End the server."""
        self.child.stop()

    def start(self) -> None:
        """Start it again on the same ports. Raises ProcessFailed where it does not come up."""
        self.child = _start(self.folder, self.port, self.tls_port, self.certificates)


def redis_missing() -> str | None:
    """What is missing to run Redis, in a sentence, or None."""
    return None if shutil.which(PROGRAM) else "Redis is not installed: sudo apt-get install redis-server."


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    """Start a server that keeps nothing on disk; raise ProcessFailed when it does not come up."""
    folder = Path(tempfile.mkdtemp(prefix="hm3-redis-"))
    certificates = make_certificates(folder)
    try:
        for last_try in (False, False, True):
            port, tls_port = free_ports(2)
            try:
                child = _start(folder, port, tls_port, certificates)
            except ProcessFailed:
                if last_try:
                    raise
                continue
            server = RedisServer(port, tls_port, folder / "redis.sock", certificates, folder, child)
            try:
                yield server
            finally:
                server.stop()
            return
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, port: int, tls_port: int, certificates: Certificates) -> Child:
    options: dict[str, object] = {
        "bind": LOOPBACK,
        "port": port,
        "tls-port": tls_port,
        "tls-cert-file": certificates.certificate,
        "tls-key-file": certificates.key,
        "tls-ca-cert-file": certificates.ca_file,
        "tls-auth-clients": "no",
        "unixsocket": folder / "redis.sock",
        "requirepass": PASSWORD,
        "save": "",
        "appendonly": "no",
        "dir": folder,
    }
    command = [PROGRAM, *(word for name, value in options.items() for word in (f"--{name}", str(value)))]
    child = start_child("Redis", command, folder / "redis.log")
    try:
        child.wait_for_port(port)
        child.wait_for_port(tls_port)
    except ProcessFailed:
        child.stop()
        raise
    return child
