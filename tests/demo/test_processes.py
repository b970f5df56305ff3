"""Child processes of the demo: they answer, they stop, and they never outlive their parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo.ports import free_port, free_ports, port_answers
from demo.processes import ProcessFailed, start_child

_PARENT = """
import sys
from pathlib import Path
from demo.processes import start_child
child = start_child("sleeper", ["sleep", "600"], Path(sys.argv[1]))
print(child.process.pid, flush=True)
sys.stdin.read()
"""


def runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_free_ports_differ_and_are_free() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert not any(port_answers(port) for port in ports)


def test_a_stopped_child_and_its_own_children_are_gone(tmp_path: Path) -> None:
    child = start_child("family", ["sh", "-c", "sleep 600 & echo $!; wait"], tmp_path / "log")
    while not (tmp_path / "log").read_text().strip():
        time.sleep(0.01)
    grandchild = int((tmp_path / "log").read_text())
    child.stop()
    assert not child.running
    wait_until_gone(grandchild)


def test_a_child_that_does_not_listen_to_reason_is_stopped_too(tmp_path: Path) -> None:
    script = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
    child = start_child("deaf", [sys.executable, "-c", script], tmp_path / "log")
    while "deaf" not in (tmp_path / "log").read_text():
        time.sleep(0.01)
    child.stop(seconds=0.2)
    assert child.process.returncode == -signal.SIGKILL


def test_a_child_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(tmp_path / "log")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent.parent,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert runs(child)
    parent.kill()
    parent.communicate()
    wait_until_gone(child)


def test_a_child_that_ends_too_soon_is_told_with_its_last_words(tmp_path: Path) -> None:
    child = start_child("grump", ["sh", "-c", "echo no thank you; exit 3"], tmp_path / "log")
    with pytest.raises(ProcessFailed, match=r"grump ended with status 3\. It said: no thank you"):
        child.wait_for_port(free_port())


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProcessFailed, match="ghost cannot be started: No such file or directory: /no/ghost"):
        start_child("ghost", ["/no/ghost"], tmp_path / "log")


def wait_until_gone(pid: int) -> None:
    end = time.monotonic() + 60
    while runs(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert not runs(pid), os.popen(f"ps {pid}").read()
