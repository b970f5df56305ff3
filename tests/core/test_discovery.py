"""What is found of modules before any is imported, and what their files may not import."""

import ast
from pathlib import Path

import pytest

from core.discovery import find_in_folder, find_installed, forbidden_imports, look_at
from tests.core.shelf import Shelf


def test_a_module_is_found_by_what_its_file_says_without_importing_it(shelf: Shelf) -> None:
    shelf.add("2fa", "login", folder="two_factor", more="raise RuntimeError('imported')")
    (found,) = find_in_folder(shelf.modules)
    assert (found.name, found.requires, found.imported_as) == ("2fa", ("login",), "modules.two_factor.module")
    assert (found.package, found.folder, found.broken) == ("modules.two_factor", shelf.modules / "two_factor", "")


def test_hidden_folders_and_folders_without_a_module_are_passed_over(shelf: Shelf) -> None:
    shelf.add("hidden", folder=".hidden")
    shelf.add("cache", folder="__cache__")
    (shelf.modules / "notes").mkdir()
    assert find_in_folder(shelf.modules) == ()


@pytest.mark.parametrize(
    "line",
    [
        "module = Module('tea', ('mail', 'imap'))",
        "module = Module(name='tea', requires=['mail', 'imap'])",
        "module: Module = core.Module('tea', requires=('mail', 'imap'))",
    ],
)
def test_a_module_may_be_written_in_several_ways(tmp_path: Path, line: str) -> None:
    (tmp_path / "module.py").write_text(f"first, second = 1, 2\nother = 3\nmodule = None\n{line}\n")
    found = look_at("modules.tea.module", tmp_path / "module.py", "x")
    assert (found.name, found.requires, found.broken) == ("tea", ("mail", "imap"), "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "module = make()",
        "module = Module(NAME)",
        "module = Module('tea', requires=NEEDS)",
        "module = Module('tea', requires=(NEED,))",
    ],
)
def test_a_file_without_a_module_written_out_is_broken(tmp_path: Path, text: str) -> None:
    (tmp_path / "module.py").write_text(text)
    found = look_at("modules.tea.module", tmp_path / "module.py", "tea")
    assert found.name == "tea"
    assert 'module.py has no line such as module = Module("tea"' in found.broken


def test_a_file_that_is_not_python_is_broken_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("\nmodule = (\n")
    found = look_at("modules.tea.module", tmp_path / "module.py", "tea")
    assert found.broken == f"{tmp_path}/module.py:2: '(' was never closed"


def test_a_file_that_cannot_be_read_is_broken(tmp_path: Path) -> None:
    found = look_at("modules.tea.module", tmp_path / "module.py", "tea")
    assert found.broken == f"{tmp_path}/module.py cannot be read: No such file or directory"


def test_a_folder_with_no_python_name_is_broken(shelf: Shelf) -> None:
    shelf.add("my-tea")
    assert find_in_folder(shelf.modules)[0].broken == "its folder has no Python name; call it my_tea"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import flask", "flask"),
        ("import werkzeug.utils as utils", "werkzeug.utils"),
        ("from flask import request", "flask"),
        ("from flask_wtf.csrf import CSRFProtect", "flask_wtf.csrf"),
        ("def handler():\n    from werkzeug.local import LocalProxy", "werkzeug.local"),
        ("import importlib\nimportlib.import_module('flask')", "flask"),
        ("__import__('flask')", "flask"),
        ("from core.web import make_app", "core.web"),
        ("from core import web", "core.web"),
        ("from core import (Module, web)", "core.web"),
        ("import core . web", "core.web"),
        ("import \N{LATIN SMALL LIGATURE FL}ask", "flask"),
        ("import_module('\\x66lask')", "flask"),
    ],
)
def test_a_module_that_imports_the_request_is_told_with_file_and_line(shelf: Shelf, code: str, name: str) -> None:
    shelf.add("tea", handlers=code)
    line = 4 + len(code.split("\n"))
    assert [*forbidden_imports(find_in_folder(shelf.modules)[0])] == [
        f"Module tea imports {name} in {shelf.modules}/tea/handlers.py:{line}. Modules see no request: "
        "let an @inputs class name what is needed and return a result or a Redirect."
    ]


def test_files_in_folders_of_a_module_are_looked_at_too(shelf: Shelf) -> None:
    shelf.add("tea")
    (shelf.modules / "tea" / "deep").mkdir()
    (shelf.modules / "tea" / "deep" / "inside.py").write_text("import flask")
    assert len([*forbidden_imports(find_in_folder(shelf.modules)[0])]) == 1


@pytest.mark.parametrize("code", ["import flasky", "from core import Module", "from .flask import x", "x = run()()"])
def test_other_imports_are_no_matter(shelf: Shelf, code: str) -> None:
    shelf.add("tea", handlers=code)
    assert [*forbidden_imports(find_in_folder(shelf.modules)[0])] == []


@pytest.mark.parametrize("code", ["from core import (  # a: b\n    web,\n)", "from core.\\\n    web import app"])
def test_imports_over_several_lines_are_found(shelf: Shelf, code: str) -> None:
    shelf.add("tea", handlers=code)
    (told,) = forbidden_imports(find_in_folder(shelf.modules)[0])
    assert told.startswith("Module tea imports core.web")


def test_files_that_name_nothing_of_the_request_are_not_parsed(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.add("tea", handlers="from core import Module\nfrom modules.cup.api import Cup\n")
    shelf.add("cup", handlers="from core import Module\nimport flask\n")
    cup, tea = find_in_folder(shelf.modules)
    parsed: list[ast.Module] = []

    def look_at_imports(tree: ast.Module) -> tuple[tuple[int, str], ...]:
        parsed.append(tree)
        return ()

    monkeypatch.setattr("core.discovery._imports", look_at_imports)
    assert [*forbidden_imports(tea)] == [] and parsed == []
    assert [*forbidden_imports(cup)] == [] and len(parsed) == 1


def test_a_broken_file_beside_the_module_is_told(shelf: Shelf) -> None:
    shelf.add("tea", handlers="flask = def")
    (sentence,) = forbidden_imports(find_in_folder(shelf.modules)[0])
    assert sentence == f"Module tea cannot be loaded: {shelf.modules}/tea/handlers.py:5: invalid syntax."


class Site:
    """A folder of installed packages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, name: str, value: str, path: str, text: str) -> None:
        """Install a package of one file, with an entry point."""
        info = self.folder / f"{name}_for_tests-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-for-tests\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[hm3.modules]\n{name} = {value}\n")
        file = self.folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"from core import *\n{text}")


@pytest.fixture
def site(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Installed packages that this test alone sees."""
    folder = shelf.folder / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return Site(folder)


def test_an_installed_module_is_off_until_switched_on(shelf: Shelf, site: Site) -> None:
    site.install("acmetea", "acme_tea.module:module", "acme_tea/module.py", "module = Module('acmetea')\n")
    loaded = shelf.load()
    assert loaded.modules == ()
    assert loaded.notes == ("Module acmetea is installed and off. Switch it on with [modules] acmetea = on.",)
    assert shelf.names("[modules]\nacmetea = on\n") == ["acmetea"]


def test_an_installed_module_may_be_a_package_or_a_single_file(shelf: Shelf, site: Site) -> None:
    site.install("acmepack", "acme_pack:module", "acme_pack/__init__.py", "module = Module('acmepack')\n")
    site.install("acmefile", "acme_file:module", "acme_file.py", "module = Module('acmefile')\n")
    assert [found.name for found in find_installed()] == ["acmefile", "acmepack"]
    assert [found.is_package for found in find_installed()] == [False, True]
    assert shelf.names("[modules]\nacmepack = on\nacmefile = on\n") == ["acmefile", "acmepack"]


def test_an_installed_module_in_a_single_file_is_looked_at_alone(site: Site) -> None:
    site.install("acmefile", "acme_file:module", "acme_file.py", "import flask\nmodule = Module('acmefile')\n")
    (site.folder / "other.py").write_text("import flask")
    assert len([*forbidden_imports(find_installed()[0])]) == 1


@pytest.mark.parametrize("value", ["acme_gone:module", "acme_gone.module:module", "acme_file.module:module"])
def test_an_entry_point_to_nothing_is_told_when_it_is_switched_on(shelf: Shelf, site: Site, value: str) -> None:
    site.install("acmegone", value, "acme_file.py", "module = Module('acmegone')\n")
    assert f"the installed package names {value.partition(':')[0]}, which is not there" in shelf.refusal(
        "[modules]\nacmegone = on\n"
    )
