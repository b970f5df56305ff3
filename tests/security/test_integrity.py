"""Scripts and styles are what the build made of them, or browsers do not run them."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from core.output.assets import Assets


@pytest.fixture(scope="module")
def built(front_end: Path) -> Path:
    """The folder of the built front end."""
    return front_end


def integrity_of(file: Path) -> str:
    return f"sha384-{base64.b64encode(hashlib.sha384(file.read_bytes()).digest()).decode()}"


def test_every_built_script_and_style_is_listed_with_the_hash_of_its_octets(built: Path) -> None:
    listed = json.loads((built / "manifest.json").read_text())
    by_file = {about["path"].rpartition("/")[2]: about["integrity"] for about in listed.values()}
    files = [file for file in built.iterdir() if file.suffix in (".js", ".css")]
    assert len(files) >= 4
    assert {file.name: integrity_of(file) for file in files} == {file.name: by_file[file.name] for file in files}


def test_every_script_that_is_loaded_later_carries_its_hash_in_the_one_that_loads_it(built: Path) -> None:
    listed = json.loads((built / "manifest.json").read_text())
    first = (built / listed["app.js"]["path"].rpartition("/")[2]).read_text()
    later = [about for name, about in listed.items() if name.endswith(".js") and name != "app.js"]
    assert later
    for about in later:
        assert about["path"] in first and about["integrity"] in first
    # A module that is imported by its address alone would come as it is.
    named = set(re.findall(r"/site/[\w.-]+\.js", first))
    assert named == {about["path"] for about in later}
    assert re.findall(r"\bimport\s*\(\s*[\"'`]", first) == []


def test_no_built_style_or_script_asks_another_host(built: Path) -> None:
    for file in built.glob("*.css"):
        assert re.findall(r"@import|url\(\s*[\"']?(?:https?:)?//", file.read_text()) == []
    for file in built.glob("*.js"):
        assert re.findall(r"//# sourceMappingURL|importScripts\(", file.read_text()) == []


def test_a_file_that_was_changed_after_the_build_is_found_at_start(built: Path, tmp_path: Path) -> None:
    for file in built.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    assert Assets(tmp_path).flaw() == ""
    changed = next(tmp_path.glob("app.*.js"))
    changed.write_bytes(changed.read_bytes() + b"\nalert(1)")
    assert "was changed" in Assets(tmp_path).flaw()
