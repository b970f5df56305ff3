"""`hm3 test`: what it runs, what it installs, and what it says where something is missing."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli import test_command
from core.cli.test_command import (
    COVERED_AT_LEAST,
    MOST_REPEATED,
    PACKAGES,
    checks,
    install,
    prepare_machine,
    pytest_command,
    run_tests,
)

# Stands for the environment's Python: notes what it should run; a program whose name is in a file fails.
# The first run of the tests writes the names of what failed, the second those that failed again, where a file has them.
PYTHON = """#!/bin/sh
echo "$*" >> %(folder)s/called
echo "$SE_OFFLINE" > %(folder)s/offline
echo "${PYTHONDONTWRITEBYTECODE-kept}" > %(folder)s/compiled
run=first
case "$*" in *--last-failed*) run=second;; esac
if [ "$2" = pytest ] && [ -e "%(folder)s/$run.failed" ]; then
    read failed < "%(folder)s/$run.failed"
    echo "$failed" > "%(folder)s/failed"
    read code < "%(folder)s/$run.code"
    exit $code
fi
[ -e "%(folder)s/$2.fails" ] && exit 3
exit 0
"""
APT = """#!/bin/sh
echo "$*" >> %(folder)s/called
[ -e %(folder)s/policy ] && cat %(folder)s/policy > %(folder)s/policy-was
echo "$DEBIAN_FRONTEND" > %(folder)s/asks
[ -e %(folder)s/offline ] && { echo "Err:1 somewhere"; echo "E: Unable to fetch" >&2; exit 100; }
exit 0
"""


def program(file: Path, text: str) -> Path:
    """Write a program."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(text % {"folder": file.parent.parent})
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def called(folder: Path) -> list[str]:
    """What was run, line by line."""
    file = folder / "called"
    return file.read_text().splitlines() if file.exists() else []


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Python that only notes what it should run, on a machine that may install nothing."""
    monkeypatch.setattr(sys, "executable", str(program(tmp_path / "bin" / "python", PYTHON)))
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(test_command, "FAILED", tmp_path / "failed")
    return tmp_path


def let_fail(folder: Path, run: str, *names: str, code: int | None = None) -> None:
    """Let these tests fail in the first or second run."""
    (folder / f"{run}.failed").write_text(json.dumps(dict.fromkeys(names, True)) + "\n")
    (folder / f"{run}.code").write_text(f"{int(bool(names)) if code is None else code}\n")


def programs(folder: Path) -> list[str]:
    """What was run after the checks, by its name."""
    return [line.split()[1] for line in called(folder)][3:]


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An apt-get that only notes what it should do."""
    program(tmp_path / "bin" / "apt-get", APT)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    return tmp_path


def test_everything_is_checked_and_then_tested(python: Path) -> None:
    assert run_tests(()) == 0
    steps = [line.split()[1:3] for line in called(python)]
    assert steps == [["ruff", "check"], ["ruff", "format"], ["mypy", "--no-error-summary"], ["pytest", "-q"]]


def test_less_than_the_tests_should_reach_fails_the_run() -> None:
    assert f"--cov-fail-under={COVERED_AT_LEAST}" in pytest_command((), fast=False)
    assert COVERED_AT_LEAST >= 98


def test_what_is_asked_for_is_tested_and_nothing_measured(python: Path) -> None:
    assert run_tests(("tests/core", "-k", "tea")) == 0
    (line,) = called(python)
    assert line.endswith("tests/core -k tea")
    assert "--cov" not in line


def test_a_fast_run_prepares_no_machine(python: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_tests(("--fast",)) == 0
    assert capsys.readouterr().out == ""
    assert called(python)[0].endswith("--fast")


def test_a_run_that_is_not_fast_says_what_the_machine_has(python: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_tests(("tests/core",))
    assert capsys.readouterr().out.startswith(("Mail servers and browser are here.", "Missing here:"))


def test_a_check_that_fails_fails_the_run_after_the_tests(python: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (python / "ruff.fails").touch()
    assert run_tests(()) == 3
    assert [line.split()[1] for line in called(python)] == ["ruff", "pytest"]
    assert "a check before them did not: see above" in capsys.readouterr().err


def test_tests_that_fail_fail_the_run(python: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (python / "pytest.fails").touch()
    assert run_tests(()) == 3
    assert capsys.readouterr().err == ""


ONE, TWO = "tests/a.py::test_one", "tests/b.py::test_two[x y]"


def test_the_few_that_failed_run_once_more_by_themselves_and_are_named(
    python: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    let_fail(python, "first", ONE, TWO)
    let_fail(python, "second")
    assert run_tests(()) == 0
    assert programs(python) == ["pytest", "coverage", "pytest"]
    said = capsys.readouterr().out.splitlines()
    at = said.index("FAILED BESIDE OTHERS, AND PASSED ALONE:")
    assert said[at + 1 : at + 3] == [f"    {ONE}", f"    {TWO}"] and "is a task for somebody" in said[at + 3]
    assert "DID NOT PASS ALONE EITHER:" not in said


def test_the_second_run_has_one_worker_adds_to_what_was_measured_and_judges_it_no_more(python: Path) -> None:
    let_fail(python, "first", ONE)
    let_fail(python, "second")
    run_tests(())
    judged, again = (line.split() for line in called(python)[-2:])
    assert again[again.index("-p") + 1] == "ci.unskipped"
    assert f"--fail-under={COVERED_AT_LEAST}" in judged
    assert again[again.index("-n") + 1] == "0" and "--last-failed" in again and "--cov-append" in again
    assert not [word for word in again if "fail-under" in word or word == "--cache-clear"]
    assert "--cache-clear" in pytest_command((), fast=False)


def test_what_fails_twice_fails_the_run_and_is_named_apart(python: Path, capsys: pytest.CaptureFixture[str]) -> None:
    let_fail(python, "first", ONE, TWO)
    let_fail(python, "second", TWO)
    assert run_tests(()) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[said.index("FAILED BESIDE OTHERS, AND PASSED ALONE:") + 1] == f"    {ONE}"
    assert said[said.index("DID NOT PASS ALONE EITHER:") + 1] == f"    {TWO}"


def test_a_test_that_the_second_run_does_not_find_fails_the_run(python: Path) -> None:
    let_fail(python, "first", ONE, TWO)
    let_fail(python, "second", TWO, code=0)
    assert run_tests(()) == 1


def test_a_second_run_that_goes_wrong_itself_fails_the_run(python: Path) -> None:
    let_fail(python, "first", ONE)
    let_fail(python, "second", ONE, code=5)
    assert run_tests(()) == 5


def test_what_the_first_run_reached_too_little_of_fails_the_run(
    python: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    let_fail(python, "first", ONE)
    let_fail(python, "second")
    (python / "coverage.fails").touch()
    assert run_tests(()) == 1
    assert f"less than {COVERED_AT_LEAST} %" in capsys.readouterr().err


def test_to_be_skipped_the_second_time_is_not_to_pass(tmp_path: Path) -> None:
    tests = tmp_path / "test_some.py"
    tests.write_text(
        "import os, pytest\n"
        "def end(): pytest.skip('The server is gone.') if 'AGAIN' in os.environ else pytest.fail()\n"
        "@pytest.fixture\n"
        "def server(): end()\n"
        "def test_asked(server): pass\n"
        "def test_called(): end()\n"
        "def test_expected(): pytest.xfail() if 'AGAIN' in os.environ else pytest.fail()\n"
    )
    usual = {**os.environ, "PYTHONPATH": str(test_command.ROOT), "PYTEST_ADDOPTS": ""}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "ci.unskipped", "--last-failed", str(tests)]
    command += ["--rootdir", str(tmp_path)]
    for environment in (usual, {**usual, "AGAIN": "yes"}):
        code = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True).returncode
        assert code == 1
    still = json.loads((tmp_path / ".pytest_cache/v/cache/lastfailed").read_text())
    assert sorted(still) == ["test_some.py::test_asked", "test_some.py::test_called"]


def test_a_check_that_fails_fails_the_run_also_where_all_tests_pass_in_the_end(python: Path) -> None:
    let_fail(python, "first", ONE)
    let_fail(python, "second")
    (python / "mypy.fails").touch()
    assert run_tests(()) == 3


@pytest.mark.parametrize(
    ("failed", "code"),
    [
        ([f"tests/a.py::test_{number}" for number in range(MOST_REPEATED + 1)], 1),
        (["tests/a.py", ONE], 1),
        ([], 1),
        ([ONE], 2),
        ([ONE], 4),
    ],
    ids=["many", "a file that cannot be read", "too little reached", "interrupted", "wrongly called"],
)
def test_other_runs_that_fail_are_not_repeated(python: Path, failed: list[str], code: int) -> None:
    let_fail(python, "first", *failed, code=code)
    assert run_tests(()) == code
    assert programs(python) == ["pytest"]


def test_a_run_that_fails_without_telling_what_is_not_repeated(python: Path) -> None:
    let_fail(python, "first", code=1)
    (python / "first.failed").write_text("")
    assert run_tests(()) == 1
    assert programs(python) == ["pytest"]


def test_a_run_of_what_was_asked_for_is_not_repeated(python: Path) -> None:
    let_fail(python, "first", ONE)
    assert run_tests(("tests/a.py",)) == 1
    assert len(called(python)) == 1


def test_the_browsers_driver_is_not_looked_for_elsewhere(python: Path) -> None:
    run_tests(("--fast",))
    assert (python / "offline").read_text() == "true\n"


def test_what_is_compiled_is_kept_for_the_next_process(python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    run_tests(("--fast",))
    assert (python / "compiled").read_text() == "kept\n"


def test_every_folder_of_code_is_checked() -> None:
    for _, command in checks():
        assert {"core", "modules", "demo", "ci", "tests"} <= set(command)


def test_a_machine_that_has_everything_is_left_alone(apt: Path) -> None:
    assert prepare_machine({sys.executable: "python3"}, root=True) == "Mail servers and browser are here."
    assert called(apt) == []


def test_without_the_right_to_install_the_command_is_told(apt: Path) -> None:
    told = prepare_machine({"/nowhere/b": "postfix", "/nowhere/a": "chromium"}, root=False)
    assert told == (
        "Missing here: chromium, postfix. The tests that need them are skipped and say so. "
        "Install them with: sudo apt-get install chromium postfix"
    )
    assert called(apt) == []


def test_where_there_is_no_apt_get_nothing_is_tried(python: Path) -> None:
    assert prepare_machine({"/nowhere/a": "chromium"}, root=True).startswith("Missing here: chromium.")


def test_what_is_missing_is_installed_once_each(apt: Path) -> None:
    missing = {"/nowhere/a": "postfix", "/nowhere/b": "postfix", sys.executable: "python3"}
    assert prepare_machine(missing, root=True, policy=apt / "policy") == "Installed postfix."
    assert [line.rpartition("=600 ")[2] for line in called(apt)] == [
        "update",
        "install -y --no-install-recommends postfix",
    ]
    assert (apt / "asks").read_text() == "noninteractive\n"


def test_installed_services_do_not_start_and_nothing_of_that_stays(apt: Path) -> None:
    install(["postfix"], apt / "policy")
    assert (apt / "policy-was").read_text() == "#!/bin/sh\nexit 101\n"
    assert not (apt / "policy").exists()


def test_a_policy_of_the_admin_is_left_as_it_is(apt: Path) -> None:
    (apt / "policy").write_text("mine")
    install(["postfix"], apt / "policy")
    assert (apt / "policy").read_text() == "mine"


def test_an_installation_that_fails_is_quoted_and_the_tests_go_on(apt: Path) -> None:
    (apt / "offline").touch()
    told = install(["postfix"], apt / "policy")
    assert told.startswith("apt-get -qq")
    assert told.endswith("Err:1 somewhere\nE: Unable to fetch")
    assert not (apt / "policy").exists()


def test_every_program_the_tests_look_for_has_its_package() -> None:
    assert all(program.startswith("/usr/") and package for program, package in PACKAGES.items())
