"""What hm3 stands on: every dependency has its reason, and every lock names all of them with their hashes."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.sources import ROOT

LOCKS: Mapping[str, Sequence[str]] = {"run": (), "demo": ("demo",), "test": ("demo", "test"), "build": ("build",)}


def declared() -> dict[str, list[str]]:
    """What pyproject.toml asks for, by its groups; what is always needed under an empty name."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    return {"": project["dependencies"], **project["optional-dependencies"]}


def locked(group: str) -> dict[str, tuple[str, int]]:
    """The packages of a lock: version and number of hashes by name."""
    text = (ROOT / "requirements" / f"{group}.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    found: dict[str, tuple[str, int]] = {}
    for entry in entries:
        match = re.match(r"([A-Za-z0-9._-]+)==([^\s;\\]+)", entry)
        assert match, entry.partition("\n")[0]
        found[canonicalize_name(match[1])] = (match[2], entry.count("--hash=sha256:"))
    return found


def lines_of_dependencies() -> Iterator[str]:
    """The lines of pyproject.toml that name a dependency."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    named = {requirement for group in declared().values() for requirement in group}
    yield from (line for line in text.splitlines() if line.strip().startswith('"') and line.split('"')[1] in named)


def test_every_dependency_has_its_reason_beside_it() -> None:
    lines = list(lines_of_dependencies())
    assert len(lines) == sum(len(group) for group in declared().values())
    assert [line.strip() for line in lines if not re.search(r"#\s*\S+\s+\S+", line)] == []


@pytest.mark.parametrize("group", LOCKS)
def test_a_lock_names_every_dependency_in_a_version_that_is_asked_for(group: str) -> None:
    versions = locked(group)
    wrong = []
    for text in (text for part in ("", *LOCKS[group]) for text in declared()[part]):
        wanted = Requirement(text)
        version = versions.get(canonicalize_name(wanted.name), ("", 0))[0]
        if not version or Version(version) not in wanted.specifier:
            wrong.append(f"{text}: {version or 'is missing'}")
    assert wrong == []


@pytest.mark.parametrize("group", LOCKS)
def test_every_locked_package_is_known_by_its_hash(group: str) -> None:
    assert [name for name, (_, hashes) in locked(group).items() if not hashes] == []


@pytest.mark.parametrize("group", [group for group in LOCKS if group != "run"])
def test_locks_agree_on_what_they_share(group: str) -> None:
    run, other = locked("run"), locked(group)
    assert {name: version for name, version in run.items() if other.get(name) != version} == {}


def test_packages_of_the_front_end_are_locked_in_one_version_with_their_hash() -> None:
    asked = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    names = {**asked.get("dependencies", {}), **asked.get("devDependencies", {})}
    assert {name: lock[f"node_modules/{name}"]["version"] for name in names} == names
    assert [name for name, about in lock.items() if name and "integrity" not in about] == []
