"""The whole demo: a mail server, submission, a filled mailbox and hm3 itself, ended together."""

import fcntl
import imaplib
import logging
import secrets
import shutil
import signal
import ssl
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from core.errors import WebmailError
from demo.certificates import Certificates
from demo.delivery import AppendDelivery, Delivery, LmtpDelivery
from demo.dovecot import Dovecot, dovecot_missing, start_dovecot
from demo.mailbox import Person, fill_mailbox
from demo.ports import LOOPBACK, port_answers
from demo.processes import Child, ProcessFailed, start_child
from demo.pymap_server import pymap_missing, start_pymap
from demo.shelter import reachable
from demo.submission import Submission, start_submission

DEMO_USER = Person("Robin Ashdown", "demo@example.test")
_ROOT = Path(__file__).resolve().parent.parent
DEMO_DATA = _ROOT / "demo-data"
_KEPT = ("dovecot", "hm3")


class DemoFailed(WebmailError):
    """The demo cannot run here or has ended by itself; the text says why and what to do."""


@dataclass(frozen=True)
class MailServer:
    """Where the demo's mail is: what hm3.ini has to say about it, and how mail gets in."""

    imap_port: int
    security: str
    certificates: Certificates
    delivery: Delivery


def run_demo(bind: str, fresh: bool, data: Path = DEMO_DATA) -> int:
    """Run until Ctrl-C, SIGTERM or SIGHUP; everything that was started has ended when this returns 0 or raises.

    `data` keeps the mail, the password and hm3's own data for the next start, and `fresh` begins anew.
    Raise DemoFailed with a sentence when something is missing, taken or broken.
    """
    data = data.resolve()
    host, _, port = bind.rpartition(":")
    host = host.strip("[]") or LOOPBACK
    if not port.isdigit() or port == "0":
        raise DemoFailed(f"{bind}: an address to serve on looks like 127.0.0.1:8300.")
    if port_answers(int(port), _reached(host)):
        raise DemoFailed(f"Something else is served on {bind} already. Stop it, or name another address with --bind.")
    # aiosmtpd tells at each login what it will change one day.
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    previous = {number: signal.signal(number, _end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        with ExitStack() as running:
            running.enter_context(_alone(data))
            hm3 = _start_all(running, bind, fresh=fresh, data=data)
            hm3.wait_for_port(int(port), _reached(host), seconds=60)
            _say(f"\n  hm3 is at   http://{_shown(_reached(host))}:{port}/")
            _say(f"  log in as   {DEMO_USER.address}\n  password    {_password(data)}\n\nCtrl-C ends it.")
            while hm3.running:
                time.sleep(0.2)
            raise DemoFailed(f"hm3 ended by itself. {hm3.last_words()}")
    except KeyboardInterrupt:
        _say("\nThe demo has ended; its mail is kept for the next start.")
        return 0
    except ProcessFailed as error:
        raise DemoFailed(str(error)) from error
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def write_ini(path: Path, server: MailServer, submission: Submission, data: Path, bind: str) -> None:
    """Write the hm3.ini that names the demo's servers."""
    path.write_text(
        f"""\
# Written anew at each start of the demo.

[app]
data = {data}
bind = {bind}

[imap]
host = {LOOPBACK}
port = {server.imap_port}
security = {server.security}
ca_file = {server.certificates.ca_file}

[smtp]
host = {LOOPBACK}
port = {submission.tls_port}
security = tls
ca_file = {server.certificates.ca_file}
""",
        "utf-8",
    )


def _start_all(running: ExitStack, bind: str, *, fresh: bool, data: Path) -> Child:
    if fresh:
        for name in _KEPT:
            shutil.rmtree(data / name, ignore_errors=True)
        (data / "password").unlink(missing_ok=True)
    password = _password(data)
    server = running.enter_context(_mail_server(data, password))
    submission = start_submission(server.certificates, lambda: {DEMO_USER.address: password}, server.delivery)
    running.callback(submission.stop)
    _say(f"Submission listens on port {submission.tls_port}.")
    write_ini(data / "hm3.ini", server, submission, data / "hm3", bind)
    (data / "hm3.log").unlink(missing_ok=True)
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "core.cli",
        "serve",
        "--config",
        data / "hm3.ini",
        "--bind",
        bind,
    ]
    child = start_child("hm3", command, data / "hm3.log", folder=_ROOT)
    running.callback(child.stop)
    _say("hm3 starts ...")
    return child


@contextmanager
def _mail_server(data: Path, password: str) -> Iterator[MailServer]:
    with ExitStack() as running:
        lack = dovecot_missing()
        if lack is None:
            try:
                dovecot = _start_dovecot(running, data)
            except ProcessFailed as error:
                lack = f"Dovecot does not start. {error}"
            else:
                yield _ready_dovecot(dovecot, password)
                return
        if pymap_missing():
            raise DemoFailed(f"There is no mail server to show. {lack} Or: {pymap_missing()}")
        _say(f"{lack} A simpler server takes its place; it forgets its mail at the end.")
        pymap = start_pymap(DEMO_USER.address, password)
        running.callback(pymap.stop)
        _fill(pymap.imap_port, pymap.certificates, password)
        delivery = AppendDelivery(pymap.imap_port, lambda: pymap.passwords)
        yield MailServer(pymap.imap_port, "starttls", pymap.certificates, delivery)


def _start_dovecot(running: ExitStack, data: Path) -> Dovecot:
    dovecot = start_dovecot(running.enter_context(reachable(data / "dovecot")))
    running.callback(dovecot.stop)
    return dovecot


def _ready_dovecot(dovecot: Dovecot, password: str) -> MailServer:
    dovecot.add_user(DEMO_USER.address, password)
    _say(f"Dovecot serves IMAP on port {dovecot.imaps_port}.")
    mark = dovecot.layout.mail.parent / "filled"
    if not mark.exists():
        dovecot.empty_mailbox(DEMO_USER.address)
        _fill(dovecot.imap_port, dovecot.certificates, password)
        mark.touch()
    return MailServer(dovecot.imaps_port, "tls", dovecot.certificates, LmtpDelivery(dovecot.lmtp_port))


def _fill(port: int, certificates: Certificates, password: str) -> None:
    began = time.monotonic()

    def tell(done: int, of: int) -> None:
        if sys.stdout.isatty() and (done % 25 == 0 or done == of):
            print(f"\rFilling the mailbox: {done} of {of} messages", end="", flush=True)

    with imaplib.IMAP4(LOOPBACK, port, timeout=60) as connection:
        connection.starttls(ssl.create_default_context(cafile=str(certificates.ca_file)))
        connection.login(DEMO_USER.address, password)
        count = fill_mailbox(connection, DEMO_USER, datetime.now(UTC), tell)
    if sys.stdout.isatty():
        print("\r", end="")
    _say(f"The mailbox is filled: {count} messages in {time.monotonic() - began:.1f} s.")


def _password(data: Path) -> str:
    path = data / "password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"demo-{secrets.token_hex(4)}\n", "ascii")
    return path.read_text("ascii").strip()


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DemoFailed(f"A demo runs in {data} already. End it, or name another folder.") from error
        yield


def _reached(host: str) -> str:
    return LOOPBACK if host in ("0.0.0.0", "", "::") else host


def _shown(host: str) -> str:
    """How people write it: browsers take passkeys for names alone, not for mere addresses."""
    return "localhost" if host == LOOPBACK else host


def _end(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _say(words: str) -> None:
    print(words, flush=True)
