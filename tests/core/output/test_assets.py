"""The built front end as the site finds it."""

import json
from pathlib import Path

import pytest

from core.output.assets import Assets


def test_a_built_file_is_found_by_its_plain_name(tmp_path: Path) -> None:
    listed = {"app.js": {"path": "/site/app.1.js", "integrity": "sha384-x", "media_type": "text/javascript"}}
    (tmp_path / "manifest.json").write_text(json.dumps(listed))
    assert Assets(tmp_path).file("app.js").path == "/site/app.1.js"


def test_a_file_that_was_not_built_is_named_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=r"no built file app\.js: run \./hm3 build"):
        Assets(tmp_path).file("app.js")


def test_only_files_of_the_build_are_served(tmp_path: Path) -> None:
    (tmp_path / "stray.js").write_text("x")
    assert Assets(tmp_path).served("stray.js") is None


def test_a_build_tells_the_phrases_of_its_scripts(tmp_path: Path) -> None:
    (tmp_path / "words.json").write_text('["Saved {time}", "Undo"]')
    assert Assets(tmp_path).phrases == ("Saved {time}", "Undo")


def test_without_a_build_there_are_no_phrases(tmp_path: Path) -> None:
    assert Assets(tmp_path).phrases == ()
