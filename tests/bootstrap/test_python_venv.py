"""`./hm3` where Python cannot make environments: it is told, or where that may be done, mended."""

import os
import stat
from pathlib import Path

import pytest

from tests.bootstrap.seedling import Seedling, plant

# Stands for apt-get: its installation of a package is the end of what is missing.
APT = """#!/bin/sh
echo "$*" >> {folder}/asked
case "$*" in *install*) {act};; esac
"""


@pytest.fixture
def seedling(tmp_path: Path) -> Seedling:
    """A tree on a machine whose Python lacks what environments are made with, and that has no apt-get."""
    (tmp_path / "lacking").mkdir()
    (tmp_path / "lacking" / "ensurepip.py").write_text("raise ImportError('not packaged')")
    planted = plant(tmp_path)
    return Seedling(planted.root, planted.packages, {"PYTHONPATH": str(tmp_path / "lacking"), "PATH": "/nowhere"})


def put_apt(folder: Path, act: str) -> str:
    """Put an apt-get there that does this when it installs; its path."""
    program = folder / "bin" / "apt-get"
    program.parent.mkdir()
    program.write_text(APT.format(folder=folder, act=act))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return f"{program.parent}:/usr/bin:/bin"


def test_a_python_without_venv_is_told_with_the_command_that_mends_it(seedling: Seedling) -> None:
    done = seedling.hm3("check")
    assert (done.returncode, done.stderr) == (
        1,
        "Python's venv is missing here. Install it with: sudo apt-get install python3-venv\n",
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may install packages")
def test_where_packages_may_be_installed_what_is_missing_is(seedling: Seedling, tmp_path: Path) -> None:
    path = put_apt(tmp_path, f"/bin/rm {tmp_path}/lacking/ensurepip.py")
    done = seedling.hm3("check", PATH=path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Installing python3-venv ...\n" in done.stdout
    asked = (tmp_path / "asked").read_text().splitlines()
    assert [line.rpartition("=600 ")[2] for line in asked] == [
        "update",
        "install -y --no-install-recommends python3-venv",
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may install packages")
def test_a_package_that_cannot_be_installed_is_quoted(seedling: Seedling, tmp_path: Path) -> None:
    done = seedling.hm3("check", PATH=put_apt(tmp_path, "echo E: nobody answers; exit 100"))
    assert done.returncode == 1
    assert done.stderr.endswith("install -y --no-install-recommends python3-venv failed:\nE: nobody answers\n")
