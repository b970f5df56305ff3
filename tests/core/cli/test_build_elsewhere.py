"""Modules that do not come with hm3: their scripts, styles and translations are built with its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.build import ROOT, BuildFailed, build_site
from core.cli.catalogues import compile_catalogues
from core.output.assets import Assets
from tests.core.cli.tools import Tree, plant

SCRIPT = """import { find } from "hm3/dom";
import { say } from "hm3/words";
find("#kettle-for-tests")?.append(say("The kettle boils"));
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """A tree whose tools are the only ones."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "environment" / "python"))
    return plant(tmp_path)


@pytest.fixture
def kettle(tmp_path: Path) -> Path:
    """The folder of a module from elsewhere."""
    folder = tmp_path / "own" / "kettle"
    (folder / "assets").mkdir(parents=True)
    (folder / "assets" / "main.ts").write_text(SCRIPT)
    (folder / "assets" / "main.css").write_text("@layer modules { #kettle-for-tests { color: rebeccapurple; } }")
    return folder


def build(tree: Tree, *elsewhere: Path) -> list[str]:
    """Build a tree, and how its tools were called."""
    build_site(tree.root, lambda words: None, str(tree.tools), elsewhere)
    return tree.called()


def test_the_build_is_told_the_folders_that_have_scripts_or_styles(tree: Tree, kettle: Path) -> None:
    (kettle.parent / "saucer").mkdir()
    assert build(tree, kettle, kettle.parent / "saucer")[-1] == f"core/assets/build.mjs site {kettle}"


def test_a_module_that_comes_or_goes_is_a_reason_to_build(tree: Tree, kettle: Path) -> None:
    build(tree)
    assert build(tree, kettle)[-1].endswith("kettle")
    assert build(tree)[-1] == "core/assets/build.mjs site"


def test_a_change_in_a_module_from_elsewhere_is_a_reason_to_build(tree: Tree, kettle: Path) -> None:
    tools = build(tree, kettle) and build(tree, kettle)
    (kettle / "assets" / "main.css").write_text("")
    assert (tools, build(tree, kettle) != []) == ([], True)


def test_translations_from_elsewhere_are_compiled(tree: Tree, kettle: Path) -> None:
    catalogue = kettle / "locale" / "de" / "LC_MESSAGES" / "kettle.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text('msgid "Tea"\nmsgstr "Tee"\n')
    build(tree, kettle)
    assert catalogue.with_suffix(".mo").is_file()


def test_translations_that_come_compiled_stay_where_nobody_may_write(
    tree: Tree, kettle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = kettle / "locale" / "de" / "LC_MESSAGES" / "kettle.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text('msgid "Tea"\nmsgstr "Tee"\n')
    list(compile_catalogues([catalogue]))
    compiled = catalogue.with_suffix(".mo").read_bytes()
    catalogue.write_text('msgid "Tea"\nmsgstr "Ein anderer Tee"\n')
    # Who runs the tests may be root, who may write everywhere.
    monkeypatch.setattr("core.cli.build.os.access", lambda path, mode: Path(path) != catalogue.parent)
    build(tree, kettle)
    assert catalogue.with_suffix(".mo").read_bytes() == compiled


def test_translations_that_cannot_be_read_are_named(tree: Tree, kettle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = kettle / "locale" / "de" / "LC_MESSAGES" / "kettle.mo"
    compiled.parent.mkdir(parents=True)
    compiled.write_bytes(b"nothing of the kind")
    (kettle / "templates" / "kettle").mkdir(parents=True)
    (kettle / "templates" / "kettle" / "cup.html").write_text("<p>")
    with pytest.raises(BuildFailed, match=rf"^{compiled} cannot be read: Bad magic number\."):
        build(tree, kettle)


def test_a_broken_template_is_named_with_its_line(tree: Tree, kettle: Path) -> None:
    template = kettle / "templates" / "kettle" / "cup.html"
    template.parent.mkdir(parents=True)
    template.write_text("<p>\n{% if %}\n")
    with pytest.raises(BuildFailed, match=rf"^Template {template}:2: Expected an expression"):
        build(tree, kettle)


def bundle(site: Path, *elsewhere: Path) -> Assets:
    """What the real tools make of hm3 and modules from elsewhere."""
    node = shutil.which("node") or str(Path(sys.executable).parent / "node")
    command = [node, "core/assets/build.mjs", str(site), *map(str, elsewhere)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return Assets(site)


def styles(assets: Assets) -> Path:
    """The style sheet of every page."""
    return assets.folder / assets.file("app.css").name


@pytest.mark.usefixtures("front_end")  # which sees to it that the tools are there
def test_scripts_styles_and_phrases_from_elsewhere_are_in_the_files_of_every_page(kettle: Path, tmp_path: Path) -> None:
    assets = bundle(tmp_path / "site", kettle)
    assert "#kettle-for-tests" in (assets.folder / assets.file("app.js").name).read_text("utf-8")
    assert "#kettle-for-tests" in styles(assets).read_text("utf-8")
    assert "The kettle boils" in assets.phrases
    assert (assets.modules, assets.flaw()) == (frozenset({"kettle"}), "")


@pytest.mark.usefixtures("front_end")
def test_the_files_of_the_build_before_stay_for_a_site_that_runs_on_and_go_with_the_next(
    kettle: Path, tmp_path: Path
) -> None:
    first = styles(bundle(tmp_path / "site", kettle))
    (kettle / "assets" / "main.css").write_text("#kettle-for-tests { color: teal; }")
    second = styles(bundle(tmp_path / "site", kettle))
    assert first != second
    assert (first.exists(), first.with_name(f"{first.name}.br").exists()) == (True, True)
    (kettle / "assets" / "main.css").write_text("#kettle-for-tests { color: red; }")
    bundle(tmp_path / "site", kettle)
    assert (first.exists(), second.exists()) == (False, True)
