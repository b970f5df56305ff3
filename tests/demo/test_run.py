"""The whole demo: it serves, it keeps its mail, and it ends with everything it started."""

import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from demo.ports import free_port
from demo.run import DemoFailed, run_demo
from tests.demo.test_processes import runs
from tests.servers.mail_user import MailUser

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("front_end")]

_ROOT = Path(__file__).resolve().parent.parent.parent
_PROGRAM = "import sys; from pathlib import Path; from demo.run import run_demo; "
_PROGRAM += "sys.exit(run_demo(sys.argv[1], False, Path(sys.argv[2])))"


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
        yield process, said, f"http://{bind}"
    finally:
        process.terminate()
        process.communicate(timeout=60)


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


def test_it_serves_keeps_its_mail_and_ends_quietly(tmp_path: Path) -> None:
    with demo(tmp_path / "data") as (process, said, address):
        assert re.search(r"The mailbox is filled: 3\d\d messages", said), said
        assert "log in as   demo@example.test" in said, said
        with urllib.request.urlopen(f"{address}/healthz", timeout=20) as answer:
            assert answer.status == 200
        started = descendants(process.pid)
    assert process.returncode == 0
    assert len(started) > 2
    assert not any(runs(pid) for pid in started)


def test_a_second_start_finds_mail_and_password_again(tmp_path: Path) -> None:
    with demo(tmp_path / "data") as (process, said, _):
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    with demo(tmp_path / "data") as (_, again, _):
        assert "filled" not in again
        assert re.findall("password.*", again) == re.findall("password.*", said) != []
    assert process.returncode == 0


def test_a_demo_that_was_killed_leaves_nothing_in_the_way_of_the_next(tmp_path: Path) -> None:
    with demo(tmp_path / "data") as (process, _, _):
        process.kill()
        process.wait(timeout=20)
    with demo(tmp_path / "data") as (_, again, address):
        assert f"hm3 is at   {address}/" in again, again


def test_a_taken_address_is_told(mail_user: MailUser, tmp_path: Path) -> None:
    with pytest.raises(DemoFailed, match="is served on"):
        run_demo(f"127.0.0.1:{mail_user.dovecot.imap_port}", False, tmp_path)


def test_an_address_without_a_port_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DemoFailed, match="looks like 127"):
        run_demo("127.0.0.1", False, tmp_path)
