"""A PostgreSQL of a test's own, on a high port of the loopback address."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.ports import LOOPBACK, free_port
from demo.processes import Child, ProcessFailed, start_child

ACCOUNT = "postgres"
PASSWORD = "test"


@dataclass
class Postgres:
    """A running server with one user, who may make databases."""

    port: int
    programs: Path
    child: Child
    made: int = 0

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of a database of its own."""
        self.made += 1
        name = f"hm3_{os.getpid()}_{self.made}"
        where = ("-h", LOOPBACK, "-p", str(self.port), "-U", ACCOUNT)
        environment = {**os.environ, "PGPASSWORD": PASSWORD}
        making: list[str | Path] = [self.programs / "createdb", *where, name]
        subprocess.run(making, env=environment, check=True, capture_output=True)
        yield f"postgresql+psycopg://{ACCOUNT}:{PASSWORD}@{LOOPBACK}:{self.port}/{name}"
        dropping: list[str | Path] = [self.programs / "dropdb", "--force", *where, name]
        subprocess.run(dropping, env=environment, check=True, capture_output=True)


def postgres_programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def postgres_missing() -> str | None:
    """What is missing to run PostgreSQL, in a sentence, or None."""
    if postgres_programs() is None:
        return "PostgreSQL is not installed: sudo apt-get install postgresql."
    return None


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server with an empty cluster; raise ProcessFailed when it does not come up."""
    programs = postgres_programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="hm3-postgres-"))
    # PostgreSQL does not run as root.
    account = ACCOUNT if os.getuid() == 0 else None
    try:
        password = folder / "password"
        password.write_text(PASSWORD)
        if account:
            for path in (folder, password):
                shutil.chown(path, account)
        cluster = folder / "cluster"
        making: list[str | Path] = [
            programs / "initdb",
            "-D",
            cluster,
            "-U",
            ACCOUNT,
            "-A",
            "scram-sha-256",
            f"--pwfile={password}",
        ]
        subprocess.run([*making, "-E", "UTF8", "--no-sync"], check=True, capture_output=True, user=account, cwd=folder)
        server = _started(programs, folder, cluster, account)
        try:
            yield server
        finally:
            server.child.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_ready(programs: Path, port: int, child: Child, seconds: float = 120) -> None:
    """Return when the server takes connections: its port answers a little before it does."""
    asking: list[str | Path] = [programs / "pg_isready", "-q", "-h", LOOPBACK, "-p", str(port)]
    end = time.monotonic() + seconds
    while subprocess.run(asking).returncode != 0:
        if time.monotonic() > end:
            raise ProcessFailed(f"PostgreSQL does not become ready. {child.last_words()}")
        time.sleep(0.05)


def _started(programs: Path, folder: Path, cluster: Path, account: str | None) -> Postgres:
    for last_try in (False, False, True):
        port = free_port()
        options = ["-D", cluster, "-p", str(port), "-h", LOOPBACK, "-k", folder, "-F"]
        command = [str(word) for word in (programs / "postgres", *options)]
        # setpriv becomes the server, so that the child stays the one that is stopped in the end.
        lowered = ["setpriv", f"--reuid={account}", f"--regid={account}", "--init-groups"] if account else []
        child = start_child("PostgreSQL", [*lowered, *command], folder / "postgres.log")
        try:
            child.wait_for_port(port)
            _wait_until_ready(programs, port, child)
        except ProcessFailed:
            child.stop()
            if last_try:
                raise
            continue
        return Postgres(port, programs, child)
    raise AssertionError("the last try returns or raises")
