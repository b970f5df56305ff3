"""The whole demo: it serves, it keeps its mail, and it ends with everything it started."""

import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.ports import free_port
from demo.run import DemoFailed, run_demo
from tests.demo.test_processes import runs
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

_ROOT = Path(__file__).resolve().parent.parent.parent
# What a shell starts in the background ignores Ctrl-C, and so does all that it starts: the demo stands in front of it.
_PROGRAM = """
import signal, sys
from pathlib import Path
from demo.run import run_demo
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(run_demo(sys.argv[1], False, Path(sys.argv[2])))
"""


@dataclass(frozen=True)
class Kept:
    """A folder in which a demo has run, what it said before it was served, and what was seen of it."""

    data: Path
    said: str
    health: int
    started: frozenset[int]
    status: int


@contextmanager
def demo(data: Path) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """A running demo, all it said until it gave its password, and the address of the site."""
    bind = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-c", _PROGRAM, bind, str(data)]
    process = subprocess.Popen(command, cwd=_ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = ""
    assert process.stdout is not None
    try:
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        yield process, said, "http://" + bind.replace("127.0.0.1", "localhost")
    finally:
        process.terminate()
        process.communicate(timeout=240)


def descendants(parent: int) -> set[int]:
    """What a process started, and what that started: as /proc tells."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            parents[int(status.parent.name)] = int(status.read_text().rpartition(") ")[2].split()[1])
    found, size = {parent}, 0
    while len(found) > size:
        size = len(found)
        found |= {pid for pid, above in parents.items() if above in found}
    return found - {parent}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, front_end: Path) -> Kept:
    """A first start of the demo, ended by Ctrl-C; every test leaves the folder as it is found."""
    data = tmp_path_factory.mktemp("demo") / "data"
    with demo(data) as (process, said, address):
        with urllib.request.urlopen(f"{address}/healthz", timeout=60) as answer:
            health = answer.status
        started = descendants(process.pid)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=240)
    return Kept(data, said, health, frozenset(started), process.returncode)


def test_it_fills_a_mailbox_serves_and_ends_quietly_with_all_it_started(kept: Kept) -> None:
    assert re.search(r"The mailbox is filled: 3\d\d messages", kept.said), kept.said
    assert "log in as   demo@example.test" in kept.said, kept.said
    assert (kept.health, kept.status) == (200, 0)
    assert len(kept.started) > 2
    assert not any(runs(pid) for pid in kept.started)


def test_a_killed_demo_is_in_nobodys_way_and_the_next_finds_mail_and_password_again(kept: Kept) -> None:
    with demo(kept.data) as (process, _, _):
        process.kill()
        process.wait(timeout=60)
    with demo(kept.data) as (process, again, address):
        assert f"hm3 is at   {address}/" in again, again
        assert "filled" not in again
        assert re.findall("password.*", again) == re.findall("password.*", kept.said) != []
    assert process.returncode == 0


def test_a_taken_address_is_told(mail_user: MailUser, tmp_path: Path) -> None:
    with pytest.raises(DemoFailed, match="is served on"):
        run_demo(f"127.0.0.1:{mail_user.dovecot.imap_port}", False, tmp_path)


def test_an_address_without_a_port_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DemoFailed, match="looks like 127"):
        run_demo("127.0.0.1", False, tmp_path)
