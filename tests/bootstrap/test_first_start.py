"""`./hm3` on a machine that has nothing but Python: it makes its environment and becomes the command."""

import os
import stat
from pathlib import Path

import pytest

from tests.bootstrap.seedling import ROOT, Seedling, plant


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Seedling:
    """A tree whose environment was made by a first start: its path has blanks and other letters, its user no home."""
    seedling = plant(tmp_path_factory.mktemp("bootstrap"), "a tree, grün & 100% 'quoted'")
    first = seedling.hm3("check", HOME=os.devnull, XDG_CACHE_HOME=f"{os.devnull}/cache")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith(f"Making the environment in {seedling.made} ...\nInstalling what hm3 needs (run)")
    assert first.stdout.endswith("seedling check\n")
    return seedling


def test_the_command_can_be_run_as_it_is() -> None:
    assert os.stat(ROOT / "hm3").st_mode & stat.S_IXUSR
    assert (ROOT / "hm3").read_text(encoding="utf-8").startswith("#!/usr/bin/env python3\n")


def test_a_second_start_installs_nothing_and_says_nothing(grown: Seedling) -> None:
    before = grown.log
    again = grown.hm3("check")
    assert (again.returncode, again.stdout, again.stderr) == (0, "seedling check\n", "")
    assert grown.log == before


def test_words_and_exit_code_go_through_unchanged(grown: Seedling) -> None:
    done = grown.hm3("seven", "a b", "--x=*", "ü")
    assert (done.returncode, done.stdout) == (7, "seedling seven a b --x=* ü\n")


def test_it_starts_from_any_folder_and_by_any_name(grown: Seedling, tmp_path: Path) -> None:
    (tmp_path / "webmail").symlink_to(grown.root / "hm3")
    linked = Seedling(tmp_path, grown.packages)
    (tmp_path / "hm3").symlink_to(tmp_path / "webmail")
    assert linked.hm3("check", folder=tmp_path).stdout == "seedling check\n"


def test_a_home_that_cannot_be_written_is_no_matter(grown: Seedling) -> None:
    assert grown.hm3("check", HOME=os.devnull).stdout == "seedling check\n"


def test_what_a_user_set_for_python_does_not_get_in(grown: Seedling, tmp_path: Path) -> None:
    (tmp_path / "seedling_package.py").write_text("raise SystemExit('the wrong one')")
    done = grown.hm3("check", folder=tmp_path, PYTHONPATH=str(tmp_path), PYTHONHOME="")
    assert (done.returncode, done.stdout) == (0, "seedling check\n")


def test_the_front_end_is_built_before_serving_without_a_word(grown: Seedling) -> None:
    done = grown.hm3("serve")
    assert (done.returncode, done.stdout) == (0, "seedling serve\n")


def test_what_keeps_the_front_end_from_being_built_keeps_hm3_from_starting(grown: Seedling, tmp_path: Path) -> None:
    seedling = grown.copy(tmp_path / "tree")
    (seedling.root / "broken").touch()
    done = seedling.hm3("serve")
    assert (done.returncode, done.stdout, done.stderr) == (1, "The tools are broken.\n", "hm3 was not started.\n")


def test_a_lock_that_changed_is_installed_anew(grown: Seedling, tmp_path: Path) -> None:
    seedling = grown.copy(tmp_path / "tree")
    lock = seedling.root / "requirements" / "run.txt"
    lock.write_text(f"# newer\n{lock.read_text()}")
    assert "Installing what hm3 needs (run)" in seedling.hm3("check").stdout
    assert seedling.hm3("check").stdout == "seedling check\n"


def test_a_package_that_is_not_what_was_locked_is_refused(tmp_path: Path) -> None:
    seedling = plant(tmp_path)
    seedling.lock("0" * 64)
    done = seedling.hm3("check")
    assert done.returncode == 1
    assert done.stderr.startswith("The packages could not be installed. Is there a way to the package index?\n")
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert done.stderr.endswith(f"All of it stands in {seedling.made}/install.log.\n")
    seedling.lock()
    assert seedling.hm3("check").returncode == 0


@pytest.mark.parametrize("broken", ["bin/python", "bin", "lib", "pyvenv.cfg", "installed-run"])
def test_an_environment_that_lost_a_part_is_made_whole(grown: Seedling, tmp_path: Path, broken: str) -> None:
    seedling = grown.copy(tmp_path / "tree")
    lost = seedling.made / broken
    lost.rename(tmp_path / "lost")
    done = seedling.hm3("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("seedling check\n")


def test_an_environment_of_a_python_that_is_gone_is_made_anew(grown: Seedling, tmp_path: Path) -> None:
    seedling = grown.copy(tmp_path / "tree")
    for python in (seedling.made / "bin").glob("python*"):
        python.unlink()
        python.symlink_to("/nowhere/bin/python3.9")
    assert seedling.hm3("check").stdout.startswith("Making the environment")


@pytest.mark.parametrize("mode", [0o644, 0o755])
def test_an_environment_whose_python_does_not_start_is_told(grown: Seedling, tmp_path: Path, mode: int) -> None:
    seedling = grown.copy(tmp_path / "tree")
    python = seedling.made / "bin" / "python"
    python.unlink()
    python.write_bytes(b"\x7fELF cut off")
    python.chmod(mode)
    done = seedling.hm3("check")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"The environment in {seedling.made} does not start (")
    assert done.stderr.endswith("Remove that folder and start again.\n")


def test_a_start_that_was_cut_off_is_finished_by_the_next(grown: Seedling, tmp_path: Path) -> None:
    seedling = plant(tmp_path)
    (seedling.made / "bin").mkdir(parents=True)
    (seedling.made / "lock").touch()
    (seedling.made / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    (seedling.made / "bin" / "python").chmod(0o755)
    done = seedling.hm3("check")
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["seedling check"])


def test_of_two_first_starts_at_once_one_makes_the_environment(tmp_path: Path) -> None:
    seedling = plant(tmp_path)
    both = [seedling.start("check"), seedling.start("check")]
    said = [one.communicate(timeout=850)[0] for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sorted("Making the environment" in words for words in said) == [False, True]
    assert all(words.endswith("seedling check\n") for words in said)


def test_an_environment_may_stand_elsewhere(tmp_path: Path) -> None:
    seedling = plant(tmp_path)
    assert seedling.hm3("check", HM3_ENVIRONMENT=str(tmp_path / "else where")).returncode == 0
    assert (tmp_path / "else where" / "installed-run").exists()
    assert not seedling.made.exists()


def test_where_no_environment_can_be_made_another_place_is_proposed(tmp_path: Path) -> None:
    seedling = plant(tmp_path)
    seedling.made.write_text("a file")
    done = seedling.hm3("check")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"The environment cannot be made in {seedling.made} (File exists). "
        "Say with HM3_ENVIRONMENT=/some/folder where it may stand.\n"
    )
