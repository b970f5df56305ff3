"""Who may import whom: the layers of the project."""

import ast
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterator

import pytest

from core.discovery import find_in_folder
from core.loader import SHIPPED
from tests.architecture.sources import ROOT, Source, python

# Flask, what it stands on, and what is made for it.
WEB = ("flask", "werkzeug", "flask_wtf", "flask_talisman", "flask_limiter", "wtforms")
OWN = ("core", "modules", "demo", "bench", "fuzz", "tests", "ci")


def imports(source: Source) -> Iterator[tuple[str, str]]:
    """What a file imports, in full, each with the place where it does."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, f"{source.name}:{node.lineno}") for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or ""), f"{source.name}:{node.lineno}"


def importing(sources: list[Source], *tops: str) -> list[str]:
    """The places where something below these packages is imported."""
    return [f"{place} {name}" for one in sources for name, place in imports(one) if name.partition(".")[0] in tops]


def folder_of(source: Source) -> str:
    """The module whose file this is, by its folder."""
    return source.name.split("/")[1] if source.name.count("/") > 1 else ""


def required(folder: str) -> set[str]:
    """The folders of the modules that a module requires, straight or by others."""
    requires = {found.folder.name: found.requires for found in find_in_folder(SHIPPED)}
    folders: set[str] = set()
    asked = [folder]
    while asked:
        for name in requires[asked.pop()]:
            needed = name.replace("-", "_")
            if needed not in folders:
                folders.add(needed)
                asked.append(needed)
    return folders


def test_the_core_imports_no_module() -> None:
    assert importing(python("core"), "modules") == []


def test_the_core_imports_no_tests_and_no_tools() -> None:
    assert importing(python("core"), "tests", "ci") == []


def test_only_the_command_line_reaches_for_the_demo() -> None:
    assert importing([one for one in python("core", "modules") if not one.within("core/cli")], "demo", "bench") == []


def test_only_one_folder_knows_flask() -> None:
    assert importing([one for one in python("core", "modules") if not one.within("core/web")], *WEB) == []


def test_the_one_folder_is_what_knows_flask() -> None:
    assert importing(python("core/web"), "flask")


def test_modules_import_the_core_by_its_front_door() -> None:
    back_doors = [
        place for one in python("modules") for name, place in imports(one) if re.match(r"core\.", name) is not None
    ]
    assert back_doors == []


def test_modules_import_other_modules_by_their_api() -> None:
    wrong = []
    for one in python("modules"):
        own = folder_of(one)
        for name, place in imports(one):
            parts = name.split(".")
            if parts[0] == "modules" and len(parts) > 1 and parts[1] != own and parts[2:] != ["api"]:
                wrong.append(f"{place} {name}")
    assert wrong == []


def test_modules_import_only_modules_that_they_require() -> None:
    wrong = []
    for one in python("modules"):
        own = folder_of(one)
        bridge = re.search(r"/with_(\w+)\.py$", one.name)
        for name, place in imports(one):
            other = name.split(".")[1] if name.startswith("modules.") else own
            if other != own and other not in required(own) and not (bridge and bridge[1] == other):
                wrong.append(f"{place} {name}: {own} does not require {other}")
    assert wrong == []


@pytest.mark.parametrize("layer", ["model", "results", "inputs", "outputs"])
def test_what_only_describes_does_not_reach_for_what_acts(layer: str) -> None:
    acting = {"handlers", "services", "client", "connection", "pool"}
    wrong = [
        f"{place} {name}"
        for one in python("modules")
        if one.name.endswith(f"/{layer}.py")
        for name, place in imports(one)
        if name.startswith("modules.") and name.rpartition(".")[2] in acting
    ]
    assert wrong == []


def test_nothing_is_imported_by_its_relative_place() -> None:
    assert [place for one in python() for name, place in imports(one) if name.startswith(".")] == []


def test_everything_foreign_that_is_imported_is_a_declared_dependency() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    extra = project["optional-dependencies"]
    everywhere = {*project["dependencies"]}
    by_folder = {
        "core": everywhere,
        "modules": everywhere,
        "demo": everywhere | {*extra["demo"]},
        "bench": everywhere | {*extra["demo"]},
        "fuzz": everywhere | {*extra["fuzz"]},
        "tests": everywhere | {*extra["demo"], *extra["test"]},
        "ci": everywhere | {*extra["test"]},
    }
    packages = importlib.metadata.packages_distributions()
    undeclared = []
    for folder, declared in by_folder.items():
        names = {_folded(re.split(r"[^\w.-]", requirement, maxsplit=1)[0]) for requirement in declared}
        for one in python(folder):
            for name, place in imports(one):
                top = name.partition(".")[0]
                known = top in OWN or top in sys.stdlib_module_names or top == "__future__"
                if not known and not names & {_folded(found) for found in packages.get(top, [top])}:
                    undeclared.append(f"{place} {top}")
    assert undeclared == []


def _folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
