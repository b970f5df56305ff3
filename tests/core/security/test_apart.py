"""What a program that runs apart can do, and what it cannot."""

import resource
import socket
import time
from pathlib import Path

import pytest

from core.security import bounded
from core.security.apart import Broken, Program, packages_of, run_apart
from core.security.landlock import landlock_version

_READ = "import sys; given = sys.stdin.buffer.read(); say = sys.stdout.buffer.write\n"

_MEGABYTE = 1024 * 1024


def program(folder: Path, code: str, *arguments: str, **bounds: float) -> Program:
    file = folder / "program.py"
    file.write_text(_READ + code, "utf-8")
    return Program(
        file,
        arguments,
        seconds=bounds.get("seconds", 60),
        memory=int(bounds.get("memory", 256 * _MEGABYTE)),
        work=int(bounds.get("work", 5)),
        most_output=int(bounds.get("most", 1_000_000)),
    )


def test_it_makes_octets_of_octets(tmp_path: Path) -> None:
    given = bytes(range(256)) * 4000
    assert run_apart(program(tmp_path, "say(given[::-1] + sys.argv[1].encode())", "!", most=2e6), given) == (
        given[::-1] + b"!"
    )


def test_it_may_close_its_input_unread(tmp_path: Path) -> None:
    assert run_apart(program(tmp_path, "say(b'x')"), b"") == b"x"


@pytest.mark.parametrize("code", ["sys.exit(3)", "raise ValueError", "import os; os.kill(os.getpid(), 9)"])
def test_one_that_fails_has_said_nothing(tmp_path: Path, code: str) -> None:
    with pytest.raises(Broken, match="ended with status"):
        run_apart(program(tmp_path, f"say(b'x')\n{code}"), b"")


@pytest.mark.parametrize("close", ["", "import os; os.close(1)\n"])
def test_one_that_takes_too_long_is_ended(tmp_path: Path, close: str) -> None:
    began = time.monotonic()
    with pytest.raises(Broken, match="in time"):
        run_apart(program(tmp_path, f"{close}import time; time.sleep(60)", seconds=2), b"")
    assert time.monotonic() - began < 30


def test_one_that_works_too_long_is_ended_before_its_time(tmp_path: Path) -> None:
    with pytest.raises(Broken, match="ended with status -"):
        run_apart(program(tmp_path, "while True: pass", work=1, seconds=60), b"")


_TRIES = """
import os
def attempt(what):
    try:
        what()
        say(b"yes ")
    except (MemoryError, OSError) as error:
        say(f"{type(error).__name__} ".encode())
"""


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("attempt(lambda: bytearray(60_000_000)); attempt(lambda: bytearray(300_000_000))", b"yes MemoryError "),
        ("file = os.memfd_create('x'); attempt(lambda: os.write(file, b'x'))", b"OSError "),
        ("attempt(lambda: [os.dup(0) for _ in range(100)])", b"OSError "),
        # Whoever is root may start what they like: hm3 is not to be.
        ("os.getuid() or os.setuid(65534); attempt(lambda: os.fork() or os._exit(0))", b"BlockingIOError "),
    ],
    ids=["memory", "files that are written", "open files", "processes"],
)
def test_it_is_bounded_however_it_is_written(tmp_path: Path, code: str, said: bytes) -> None:
    assert run_apart(program(tmp_path, _TRIES + code, memory=256 * _MEGABYTE), b"") == said


def test_it_cannot_lift_its_bounds(tmp_path: Path) -> None:
    lift = """
import os, resource
os.getuid() or os.setuid(65534)
for what in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC):
    attempt(lambda: resource.setrlimit(what, (2**33, 2**33)))
"""
    code = _TRIES.replace("OSError)", "ValueError)") + lift
    assert run_apart(program(tmp_path, code), b"") == b"ValueError " * 4


def test_the_bounds_stand_before_the_program_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, limits = tmp_path / "program.py", dict[int, tuple[int, int]]()
    file.write_text("import sys\nsys.exit(f'{__name__} {sys.argv[1:]}')", "utf-8")
    monkeypatch.setattr("sys.argv", [])
    with pytest.raises(SystemExit, match=r"__main__ \['an argument'\]"):
        bounded.main(["1000", "7", str(file), "an argument"], limits.__setitem__)
    assert limits[resource.RLIMIT_AS] == (1000, 1000) and limits[resource.RLIMIT_CPU] == (7, 7)


def test_one_that_says_too_much_is_ended(tmp_path: Path) -> None:
    with pytest.raises(Broken, match="more than it may"):
        run_apart(program(tmp_path, "while True: say(b'x' * 10000)"), b"")


def test_one_that_is_not_there_cannot_run(tmp_path: Path) -> None:
    with pytest.raises(Broken):
        run_apart(Program(tmp_path / "nothing.py"), b"")


def test_it_knows_nothing_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "kept")
    assert run_apart(program(tmp_path, "import os; say(os.environ.get('A_SECRET', '-').encode())"), b"") == b"-"


def test_it_can_be_started_by_nobody_where_there_is_no_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "no-python"))
    with pytest.raises(Broken, match="could not be started"):
        run_apart(program(tmp_path, ""), b"")


@pytest.mark.skipif(landlock_version() < 4, reason="the kernel has no Landlock for the network")
def test_it_reaches_no_file_and_no_server(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("other", "utf-8")
    tries = """
import socket
def attempt(what):
    try:
        what()
        say(b"yes ")
    except PermissionError:
        say(b"no ")
attempt(lambda: open(sys.argv[1]).read())
attempt(lambda: open(sys.argv[1], "w"))
attempt(lambda: socket.create_connection(("127.0.0.1", int(sys.argv[2])), timeout=60))
"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        told = run_apart(program(tmp_path, tries, str(tmp_path / "other.txt"), port), b"")
        assert told == b"no no no "
        # This process itself gave nothing away.
        socket.create_connection(("127.0.0.1", int(port)), timeout=60).close()
    assert (tmp_path / "other.txt").read_text("utf-8") == "other"


def test_a_package_is_found_without_being_imported() -> None:
    (folder,) = packages_of("PIL", "PIL")
    assert (folder / "PIL" / "__init__.py").exists()
    with pytest.raises(Broken, match="not installed"):
        packages_of("no_such_package")
