"""The built front end as the site finds it."""

import base64
import hashlib
import json
from pathlib import Path

import pytest

from core.errors import ConfigError
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


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder with one built file that is as its list says."""
    (tmp_path / "app.1.js").write_text("run()")
    integrity = "sha384-" + base64.b64encode(hashlib.sha384(b"run()").digest()).decode()
    (tmp_path / "manifest.json").write_text(json.dumps({"app.js": {"path": "/site/app.1.js", "integrity": integrity}}))
    return tmp_path


def test_a_whole_build_has_no_flaw(built: Path) -> None:
    assert Assets(built).flaw(["app.js"]) == ""
    assert Assets(built).names == {"app.js"}


def test_a_file_of_the_build_is_served_by_the_name_in_its_address(built: Path) -> None:
    served = Assets(built).served("app.1.js")
    assert served is not None and served.path == "/site/app.1.js"


def test_without_a_build_the_way_to_one_is_told(tmp_path: Path) -> None:
    sentence = f"The front end is not built: {tmp_path} has no manifest.json. Run: ./hm3 build"
    assert Assets(tmp_path).flaw() == sentence


def test_a_file_that_pages_need_and_nobody_built_is_named(built: Path) -> None:
    sentence = f"The front end is not complete: {built} has no app.css. Run: ./hm3 build"
    assert Assets(built).flaw(["app.css", "app.js"]) == sentence


def test_a_built_file_that_is_gone_is_named(built: Path) -> None:
    (built / "app.1.js").unlink()
    assert Assets(built).flaw() == f"The front end is not complete: {built}/app.1.js is gone. Run: ./hm3 build"


def test_a_built_file_that_browsers_would_refuse_is_named(built: Path) -> None:
    (built / "app.1.js").write_text("run(away)")
    sentence = f"The front end is not as it was built: {built}/app.1.js was changed. Run: ./hm3 build"
    assert Assets(built).flaw() == sentence


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"app.js": {"file": "x"}}', '{"app.js": 1}'])
def test_a_list_that_no_build_wrote_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(
        ConfigError,
        match=r"manifest\.json, words\.json or modules\.json is not what the build writes\. Run: \./hm3 build",
    ):
        Assets(tmp_path)
