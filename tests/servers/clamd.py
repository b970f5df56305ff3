"""A private clamd on a Unix socket, with signatures of its own: it needs no root, no network and no service."""

import shutil
import socket
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.processes import Child, ProcessFailed, start_child

PROGRAM = "clamd"
LONGEST_STREAM = 1_000_000
_SECONDS = 60.0


@dataclass
class ClamServer:
    """A running clamd and the folder in which it lives."""

    folder: Path
    child: Child

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.folder / "clamd.sock"

    def stop(self) -> None:
        """End it, whatever it does."""
        self.child.stop()


def clamd_missing() -> str | None:
    """Say in a sentence what this machine lacks to run clamd, or None."""
    return None if _program() is not None else "clamd is not installed; on Debian: apt install clamav-daemon."


@contextmanager
def running_clamd(signatures: Mapping[str, bytes]) -> Iterator[ClamServer]:
    """An instance that finds octets, each under a name. Raises ProcessFailed where it does not come up."""
    folder = Path(tempfile.mkdtemp(prefix="hm3-clamd-"))
    (folder / "signatures").mkdir()
    (folder / "files").mkdir()
    # Extended signatures: a name, any kind of file, any place, and the octets.
    lines = (f"{name}:0:*:{octets.hex()}\n" for name, octets in signatures.items())
    (folder / "signatures" / "own.ndb").write_text("".join(lines))
    (folder / "clamd.conf").write_text(_config(folder))
    command = [_program() or PROGRAM, "--foreground", f"--config-file={folder}/clamd.conf"]
    server = ClamServer(folder, start_child(PROGRAM, command, folder / "clamd.log"))
    try:
        _wait(server)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: ClamServer) -> None:
    """Return when it listens, which it does as soon as it has read its signatures."""
    ends = time.monotonic() + _SECONDS
    while not _listens(server.socket):
        if not server.child.running or time.monotonic() > ends:
            raise ProcessFailed(f"clamd does not come up. {server.child.last_words()}")
        time.sleep(0.02)


def _listens(place: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(place))
    except OSError:
        return False
    return True


def _config(folder: Path) -> str:
    return f"""\
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}/files
LocalSocket {folder}/clamd.sock
LogFile {folder}/scans.log
StreamMaxLength {LONGEST_STREAM}
MaxThreads 2
MaxConnectionQueueLength 10
SelfCheck 0
Bytecode no
"""


def _program() -> str | None:
    return shutil.which(PROGRAM, path="/usr/sbin:/usr/local/sbin:/usr/bin")
