"""What a program that runs apart can do, and what it cannot."""

import socket
import time
from pathlib import Path

import pytest

from core.security.apart import Broken, Program, packages_of, run_apart
from core.security.landlock import landlock_version

_READ = "import sys; given = sys.stdin.buffer.read(); say = sys.stdout.buffer.write\n"


def program(folder: Path, code: str, *arguments: str, **bounds: float) -> Program:
    file = folder / "program.py"
    file.write_text(_READ + code, "utf-8")
    return Program(file, arguments, seconds=bounds.get("seconds", 20), most_output=int(bounds.get("most", 1_000_000)))


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
attempt(lambda: socket.create_connection(("127.0.0.1", int(sys.argv[2])), timeout=5))
"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        told = run_apart(program(tmp_path, tries, str(tmp_path / "other.txt"), port), b"")
        assert told == b"no no no "
        # This process itself gave nothing away.
        socket.create_connection(("127.0.0.1", int(port)), timeout=5).close()
    assert (tmp_path / "other.txt").read_text("utf-8") == "other"


def test_a_package_is_found_without_being_imported() -> None:
    (folder,) = packages_of("PIL", "PIL")
    assert (folder / "PIL" / "__init__.py").exists()
    with pytest.raises(Broken, match="not installed"):
        packages_of("no_such_package")
