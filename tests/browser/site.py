"""The program itself, served to browsers by its own command as a process of its own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from demo.dovecot import Dovecot
from demo.ports import LOOPBACK, free_port
from demo.processes import Child, ProcessFailed, start_child
from demo.submission import Submission

ADMIN = "admin@example.test"
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Site:
    """Where the program answers, what it was told, and its process."""

    address: str
    ini: Path
    server: Child


@contextmanager
def serve(
    folder: Path,
    dovecot: Dovecot,
    submission: Submission,
    *,
    imap: str = "",
    more: str = "",
    knows_address: bool = False,
    apart: bool = False,
    program: str = "core.cli",
    streams: int = 0,
    app: str = "",
) -> Iterator[Site]:
    """Run `hm3 serve` for the users of a mail server until the end of the block.

    `imap` and `app` are further options of [imap] and [app], `more` further sections of hm3.ini, in which the site's
    address may stand. Where they are `apart`, messages are shown under another name of this machine.
    `program` is run in place of hm3. Unless there are `streams`, pages learn of what others do when they ask, so that
    tests can say how a page copes with what it does not know.
    """
    ini = folder / "hm3.ini"
    for last_try in (False, False, True):
        port = free_port()
        text = _settings(folder, port, dovecot, submission, imap) + f"[events]\nstreams = {streams}\n" + more
        text = text.replace("[app]\n", f"[app]\n{app}", 1)
        if apart:
            text = text.replace("[app]\n", f"[app]\ncontent_origin = http://localhost:{port}\n", 1)
        if knows_address or apart:
            text = text.replace("[app]\n", f"[app]\naddress = http://{LOOPBACK}:{port}\n", 1)
        ini.write_text(text, "utf-8")
        command: list[str | Path] = [sys.executable, "-m", program, "serve", "--config", ini]
        server = start_child("hm3", command, folder / "hm3.log", folder=_ROOT)
        try:
            server.wait_for_port(port, seconds=180)
        except ProcessFailed:
            server.stop()
            if last_try:
                raise
            continue
        break
    try:
        yield Site(f"http://{LOOPBACK}:{port}", ini, server)
    finally:
        server.stop()


def _settings(folder: Path, port: int, dovecot: Dovecot, submission: Submission, imap: str) -> str:
    return f"""\
[app]
data = {folder / "data"}
bind = {LOOPBACK}:{port}
[imap]
host = localhost
port = {dovecot.imaps_port}
ca_file = {dovecot.ca_file}
{imap}
[smtp]
host = localhost
port = {submission.tls_port}
ca_file = {submission.certificates.ca_file}
[rates]
general = 100000 per minute
login = 10000 per minute
account = 1000 per minute
[passwords]
memory = 19 MiB
passes = 2
[roles]
admin = {ADMIN}
[permissions]
admin = status.see
"""
