"""What is said where the front end was not built, or its files are not what they were."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.cli.check import check_site, front_end_flaw
from core.cli.serve import refuse_unbuilt
from core.errors import ConfigError
from core.loader import CORE, SHIPPED
from tests.core.shelf import Shelf

UNBUILT = "The front end is not built: {site} has no manifest.json. Run: ./hm3 build"


@pytest.fixture(scope="module")
def unbuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is after it was fetched, without anything that is made."""
    tree = tmp_path_factory.mktemp("unbuilt")
    left_out = shutil.ignore_patterns("__pycache__", "*.mo")
    for folder in (CORE, SHIPPED):
        shutil.copytree(folder, tree / folder.name, ignore=left_out)
    return tree


def hm3(tree: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command of that tree, whose copies of files are not measured."""
    command = [sys.executable, "-m", "core.cli", *arguments]
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    environment = {**unmeasured, "PYTHONPATH": str(tree)}
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=240, check=False)


def test_serving_without_a_front_end_is_refused_before_the_first_request(unbuilt: Path) -> None:
    done = hm3(unbuilt, "serve", "--bind", "127.0.0.1:0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == UNBUILT.format(site=unbuilt / "site") + "\n"


def test_a_check_without_a_front_end_says_what_to_do(unbuilt: Path) -> None:
    done = hm3(unbuilt, "check")
    assert done.returncode == 0
    assert UNBUILT.format(site=unbuilt / "site") in done.stdout.splitlines()


@pytest.fixture
def site(tmp_path: Path, front_end: Path) -> Iterator[Path]:
    """A copy of the built front end, to break."""
    yield shutil.copytree(front_end, tmp_path / "site")


def test_a_front_end_that_was_built_is_no_matter(shelf: Shelf, site: Path) -> None:
    shelf.add("tea")
    refuse_unbuilt(shelf.load(), site)
    assert front_end_flaw(shelf.load(), site) == ""


def test_what_a_template_names_and_the_build_lacks_is_named(shelf: Shelf, site: Path) -> None:
    shelf.add("tea")
    templates = shelf.modules / "tea" / "templates" / "tea"
    templates.mkdir(parents=True)
    (templates / "cup.html").write_text('<img src="{{ asset("cup.svg").path }}">')
    with pytest.raises(
        ConfigError, match=r"^The front end is not complete: .*/site has no cup\.svg\. Run: \./hm3 build$"
    ):
        refuse_unbuilt(shelf.load(), site)


def test_scripts_of_a_module_from_elsewhere_that_are_not_built_are_told(shelf: Shelf, site: Path) -> None:
    shelf.add("tea")
    (shelf.modules / "tea" / "assets").mkdir()
    (shelf.modules / "tea" / "assets" / "main.ts").write_text("pour();")
    told = f"The scripts and styles of module tea are not built into {site}. Run: ./hm3 build"
    assert front_end_flaw(shelf.load(), site) == told
    (site / "modules.json").write_text('["tea"]')
    assert front_end_flaw(shelf.load(), site) == ""


def test_a_list_of_files_that_cannot_be_read_is_told(shelf: Shelf, site: Path) -> None:
    shelf.add("tea")
    (site / "manifest.json").write_text("{")
    with pytest.raises(ConfigError, match=r"manifest\.json, words\.json or modules\.json is not what the build writes"):
        refuse_unbuilt(shelf.load(), site)


def test_a_check_says_more_than_one_thing_and_still_that_the_site_is_right(shelf: Shelf, tmp_path: Path) -> None:
    shelf.add("tea")
    lines: list[str] = []
    check_site(shelf.load(), lines.append, tmp_path / "nowhere")
    assert lines == [
        UNBUILT.format(site=tmp_path / "nowhere"),
        f"{shelf.ini} is right: 1 module, 0 pages.",
    ]


def test_a_check_names_a_broken_catalogue_by_file_and_line(shelf: Shelf) -> None:
    shelf.add("tea")
    catalogue = shelf.modules / "tea" / "locale" / "de" / "LC_MESSAGES" / "tea.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text('msgid "Tea"\nmsgstr "Tee"\n\nmsgid "Cup of %(name)s"\nmsgstr "Tasse von %(nam)s"\n')
    with pytest.raises(ConfigError) as refused:
        check_site(shelf.load(), lambda line: None)
    assert str(refused.value) == f"{catalogue}:4: the translation names %(nam)s, and 'Cup of %(name)s' does not."
