"""In which order the workers of a whole run take the files of tests."""

import os
import subprocess
import sys
from pathlib import Path

from core.cli.test_command import ROOT, pytest_command
from tests.options import LONGEST, longest_first


def test_files_that_take_long_come_first_however_few_their_tests() -> None:
    tests: list[tuple[str, list[str]]] = [("tests/a.py", [])] * 30 + [("tests/c.py", ["servers"])] * 5
    tests.append(("tests/b.py", ["servers", "browser"]))
    assert longest_first(tests) == ["tests/b.py", "tests/c.py", "tests/a.py"]
    assert longest_first([*tests, (LONGEST[1], []), (LONGEST[0], [])])[:2] == [*LONGEST[:2]]


def test_the_files_that_are_called_long_are_there() -> None:
    assert [file for file in LONGEST if not (ROOT / file).exists()] == []


def test_workers_take_files_in_that_order(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("from tests.options import pytest_addoption, pytest_collection_modifyitems")
    (tmp_path / "test_many.py").write_text("".join(f"def test_{number}(): pass\n" for number in range(9)))
    (tmp_path / "test_slow.py").write_text("import pytest\n@pytest.mark.browser\ndef test_it(): pass\n")
    command = pytest_command((str(tmp_path), "-n", "1", "-vv", "--rootdir", str(tmp_path)), fast=False)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""}
    ran = subprocess.run(
        [sys.executable, "-m", *command], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    passed = [line.split()[-1].partition("::")[0] for line in ran.stdout.splitlines() if " PASSED " in line]
    assert passed == ["test_slow.py"] + ["test_many.py"] * 9, ran.stdout
