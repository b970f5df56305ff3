"""The generated reference of hm3.ini."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from core.cli.config import REFERENCE, current_reference, new_config
from core.ini.reader import read_ini
from core.ini.reference import reference_files, stale_files, write_reference
from core.ini.schema import option, section_of
from core.ini.values import Size
from core.input.values import Line, Secret
from core.loader import load


@dataclass(frozen=True)
class UploadConfig:
    """What may be uploaded."""

    host: Line = option(help="Where it goes.")
    largest: Size = option(Size(25_000_000), help="The most that one file may have.")
    token: Secret = option(Secret("never-shown"), help="What to log in with.")


UPLOAD = section_of("big-upload", UploadConfig)


def test_the_shipped_reference_is_what_the_modules_declare() -> None:
    assert stale_files(REFERENCE, current_reference()) == (), "Say: hm3 config reference"


def test_each_option_stands_there_with_help_type_and_default() -> None:
    text = reference_files([UPLOAD], [])["big_upload.ini"]
    assert text == (
        "[big-upload]\n"
        "# What may be uploaded.\n\n"
        "# Where it goes.\n# It must be given: one line of text.\n# host =\n\n"
        "# The most that one file may have.\n# It takes a size like 25 MB, at most 1000000 GB.\n"
        "# Default: 25 MB\n# largest = 25 MB\n\n"
        "# What to log in with.\n# It takes a secret, or file:/path or env:VARIABLE to keep it out of this file.\n"
        "# Default: nothing\n# token =\n"
    )


def test_permissions_that_modules_name_are_listed() -> None:
    files = reference_files([], ["users.see", "audit.read"])
    assert "There are: audit.read, users.see." in files["permissions.ini"].replace("\n# ", " ")


def test_every_file_of_the_reference_can_be_read_as_it_is(tmp_path: Path) -> None:
    write_reference(tmp_path, current_reference())
    for file in sorted(tmp_path.glob("*.ini")):
        assert read_ini(file).mistakes == ()


def test_writing_brings_a_folder_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "gone.ini").write_text("[gone]\n")
    (tmp_path / "big_upload.ini").write_text("old")
    files = reference_files([UPLOAD], [])
    assert write_reference(tmp_path, files) == (
        "big_upload.ini",
        "gone.ini",
        "modules.ini",
        "permissions.ini",
        "roles.ini",
    )
    assert stale_files(tmp_path, files) == ()
    assert write_reference(tmp_path, files) == ()


@pytest.mark.parametrize("example", sorted((REFERENCE.parent / "examples").glob("*.ini")), ids=lambda path: path.stem)
def test_every_example_is_right(example: Path) -> None:
    assert load(example).ini == example


def test_the_example_beside_the_readme_is_what_a_new_configuration_holds(tmp_path: Path) -> None:
    new_config(tmp_path / "hm3.ini", "mail.example.org", "mail.example.org", lambda line: None)
    assert (REFERENCE.parents[1] / "hm3.ini.example").read_text() == (tmp_path / "hm3.ini").read_text()
