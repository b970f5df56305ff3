"""The pure-Python IMAP server for machines without Dovecot: one user, mail in memory."""

import imaplib
import importlib.util
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from demo.certificates import Certificates, make_certificates
from demo.ports import LOOPBACK, free_port
from demo.processes import Child, ProcessFailed, start_child

_PROGRAM = "from pymap.main import main; main()"


@dataclass
class PymapServer:
    """One running pymap: STARTTLS on its only port, one user, forgetful."""

    host: str
    imap_port: int
    certificates: Certificates
    run: Path
    child: Child
    passwords: dict[str, str]

    def accepts(self, name: str, password: str) -> bool:
        """Whether this name and password log in."""
        try:
            with imaplib.IMAP4(self.host, self.imap_port, timeout=10) as connection:
                connection.login(name, password)
        except imaplib.IMAP4.error:
            return False
        return True

    def stop(self) -> None:
        """End the server; all its mail is gone."""
        self.child.stop()
        shutil.rmtree(self.run, ignore_errors=True)


def pymap_missing() -> str | None:
    """Say in a sentence what is missing to run pymap, or None."""
    if importlib.util.find_spec("pymap") is None:
        return "pymap is not installed; in hm3's environment: pip install pymap."
    return None


def start_pymap(name: str, password: str, *, certificates: Certificates | None = None) -> PymapServer:
    """Start pymap with one user whose mailbox is empty; raise ProcessFailed when it does not come up."""
    run = Path(tempfile.mkdtemp(prefix="hm3-"))
    trusted = certificates or make_certificates(run / "tls")
    for last_try in (False, False, True):
        port = free_port()
        child = start_child("pymap", _command(run, port, trusted, name, password), run / "pymap.log")
        try:
            child.wait_for_port(port)
        except ProcessFailed:
            child.stop()
            if last_try:
                raise
            continue
        except BaseException:
            child.stop()
            raise
        return PymapServer(LOOPBACK, port, trusted, run, child, {name: password})
    raise AssertionError("the last try returns or raises")


def _command(run: Path, port: int, certificates: Certificates, name: str, password: str) -> list[str]:
    words = ["--host", LOOPBACK, "--port", str(port), "--no-service", "managesieve", "--no-service", "admin"]
    words += ["--cert", str(certificates.certificate), "--key", str(certificates.key)]
    words += ["dict", f"--demo-user={name}", f"--demo-password={password}"]
    # In a file, so that the password does not stand in the list of processes; $ is pymap's own mark there.
    arguments = run / "arguments"
    arguments.touch(mode=0o600)
    arguments.write_text("\n".join(word.replace("$", "$$") for word in words) + "\n", "utf-8")
    return [sys.executable, "-c", _PROGRAM, f"@{arguments}"]
