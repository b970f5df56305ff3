"""Everything that is measured, started and ended together: a private mail server with mailboxes, and hm3 before it."""

import logging
import shutil
import ssl
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.fill import seed_user
from core.errors import WebmailError
from demo.delivery import LmtpDelivery
from demo.dovecot import Dovecot, dovecot_missing, start_dovecot
from demo.ports import LOOPBACK, free_port
from demo.processes import Child, start_child
from demo.submission import start_submission

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "bench-password"
DOMAIN = "example.test"
# mdbox keeps many messages in a file, so that a mailbox of 100,000 is copied within a second.
_DOVECOT = """
mail_location = mdbox:~/mdbox
mail_attribute_dict =
mdbox_rotate_size = 32M
plugin {
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=0
}
"""
_TIMING = "[modules]\ntiming = on\n[timing]\neveryone = yes\n"


class BenchFailed(WebmailError):
    """hm3 cannot be measured here; the text says why."""


@dataclass(frozen=True)
class Login:
    """One user of the mail server."""

    name: str
    password: str


@dataclass(frozen=True)
class Smtp:
    """Where hm3 sends mail."""

    port: int
    ca_file: Path

    @property
    def context(self) -> ssl.SSLContext:
        """What trusts the server."""
        return ssl.create_default_context(cafile=str(self.ca_file))


@dataclass(frozen=True)
class Served:
    """A running hm3."""

    port: int
    child: Child
    data: Path


@contextmanager
def private_mail_server(folder: Path) -> Iterator[Dovecot]:
    """A Dovecot of its own that keeps its mail in a folder. Raise BenchFailed where there is none."""
    if lack := dovecot_missing():
        raise BenchFailed(f"There is no mail server to measure with. {lack}")
    dovecot = start_dovecot(folder, extra=_DOVECOT)
    try:
        yield dovecot
    finally:
        dovecot.stop()


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder that Dovecot's account may enter, removed in the end."""
    folder = Path(tempfile.mkdtemp(prefix="hm3-bench-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_users(dovecot: Dovecot, size: int, names: list[str], seeds: Path, *, light: bool = False) -> list[Login]:
    """Users with the same mailbox of so many messages each, copied from the seed, which is made where it is missing."""
    logins = [Login(f"{name}-{size}@{DOMAIN}", PASSWORD) for name in names]
    seed_user(dovecot, size, [login.name for login in logins], seeds, light=light)
    for login in logins:
        dovecot.add_user(login.name, login.password)
    return logins


@contextmanager
def submission(dovecot: Dovecot) -> Iterator[Smtp]:
    """A submission server that delivers to the private mail server."""
    # aiosmtpd tells at each login what it will change one day.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    server = start_submission(dovecot.certificates, lambda: dovecot.passwords, LmtpDelivery(dovecot.lmtp_port))
    try:
        yield Smtp(server.tls_port, dovecot.ca_file)
    finally:
        server.stop()


@contextmanager
def serve(
    folder: Path,
    imap_port: int,
    smtp: Smtp | None,
    extra: str = "",
    *,
    observed: bool = False,
    workers: int = 1,
    compress: bool = False,
    timing: bool = False,
) -> Iterator[Served]:
    """Run `hm3 serve` before the IMAP server at a port of this machine. Raise ProcessFailed where it does not start.

    An observed one can tell what its requests are busy with; see `bench.profiled`. With `timing` every answer tells
    where its time went, as admins may switch it on; that takes some tenths of a millisecond itself.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    ini = folder / "hm3.ini"
    data = folder / "data"
    settings = _ini(data, port, imap_port, smtp, workers, compress=compress)
    ini.write_text(settings + (_TIMING if timing else "") + extra, "utf-8")
    program: list[str | Path] = ["bench.profiled", data] if observed else ["core.cli"]
    command = [sys.executable, "-m", *program, "serve", "--config", ini]
    child = start_child("hm3", command, folder / "hm3.log", folder=ROOT)
    try:
        child.wait_for_port(port, seconds=60)
        yield Served(port, child, data)
    finally:
        child.stop()


def _ini(data: Path, port: int, imap_port: int, smtp: Smtp | None, workers: int, *, compress: bool) -> str:
    sending = (
        f"[smtp]\nhost = {LOOPBACK}\nport = {smtp.port}\nsecurity = tls\nca_file = {smtp.ca_file}\n" if smtp else ""
    )
    # As often as several workers count together.
    often = "10000 per second"
    return f"""\
[app]
data = {data}
bind = {LOOPBACK}:{port}
workers = {workers}
[imap]
host = {LOOPBACK}
port = {imap_port}
security = none
timeout = 5 min
compress = {"on" if compress else "off"}
{sending}[rates]
general = {often}
login = {often}
account = {often}
send = {often}
upload = {often}
"""
