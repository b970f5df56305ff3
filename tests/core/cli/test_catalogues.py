"""Translations: compiled where they changed, and refused with their line where a page could not show them."""

import gettext
import os
from pathlib import Path

import pytest

from core.cli.catalogues import catalogues_in, compile_catalogues, find_catalogues, read_catalogue
from core.errors import ConfigError

HEAD = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def write(folder: Path, text: str, name: str = "tea") -> Path:
    """A German catalogue below a folder."""
    file = folder / "locale" / "de" / "LC_MESSAGES" / f"{name}.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(HEAD + text)
    return file


def refusal(folder: Path, text: str) -> str:
    """Why a catalogue is refused, from its line on."""
    file = write(folder, text)
    with pytest.raises(ConfigError) as refused:
        read_catalogue(file)
    return str(refused.value).removeprefix(f"{file}:")


def test_a_catalogue_becomes_what_gettext_reads(tmp_path: Path) -> None:
    file = write(tmp_path, 'msgid "Tea"\nmsgstr "Tee"\n')
    assert list(compile_catalogues([file])) == [file.with_suffix(".mo")]
    assert gettext.translation("tea", tmp_path / "locale", ["de"]).gettext("Tea") == "Tee"


def test_what_is_compiled_is_not_compiled_again(tmp_path: Path) -> None:
    file = write(tmp_path, 'msgid "Tea"\nmsgstr "Tee"\n')
    list(compile_catalogues([file]))
    assert list(compile_catalogues([file])) == []


@pytest.mark.parametrize("seconds", [-3600, 3600])
def test_a_catalogue_of_another_time_is_compiled_even_if_it_is_older(tmp_path: Path, seconds: int) -> None:
    file = write(tmp_path, 'msgid "Tea"\nmsgstr "Tee"\n')
    list(compile_catalogues([file]))
    other = file.stat().st_mtime + seconds
    os.utime(file, (other, other))
    assert list(compile_catalogues([file])) == [file.with_suffix(".mo")]


def test_nothing_half_written_is_left_beside_a_catalogue(tmp_path: Path) -> None:
    file = write(tmp_path, 'msgid "Tea"\nmsgstr "Tee"\n')
    list(compile_catalogues([file]))
    assert sorted(one.name for one in file.parent.iterdir()) == ["tea.mo", "tea.po"]


def test_a_compiled_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    file = write(tmp_path, 'msgid "Tea"\nmsgstr "Tee"\n')
    file.with_suffix(".mo").mkdir()
    with pytest.raises(ConfigError, match=r"tea\.mo cannot be written: Is a directory\."):
        list(compile_catalogues([file]))
    assert sorted(one.name for one in file.parent.iterdir()) == ["tea.mo", "tea.po"]


def test_the_catalogues_of_the_core_and_of_all_modules_are_found(tmp_path: Path) -> None:
    core = write(tmp_path / "core", "", "core")
    module = write(tmp_path / "modules" / "tea", "")
    write(tmp_path / "elsewhere", "")
    assert find_catalogues(tmp_path) == (core, module)


def test_a_locale_folder_that_is_not_there_holds_no_catalogue(tmp_path: Path) -> None:
    assert catalogues_in([tmp_path / "locale"]) == ()


def test_every_shipped_catalogue_can_be_shown() -> None:
    assert [file for file in find_catalogues() if not list(read_catalogue(file))] == []


@pytest.mark.parametrize(
    "text",
    [
        'msgid "Tea"\nmsgstr ""\n',
        'msgid "Tea for %(name)s"\nmsgstr "%(name)s bekommt Tee"\n',
        'msgid "Tea for %(name)s"\nmsgstr "Tee"\n',
        'msgid "%(num)s cup"\nmsgid_plural "%(num)s cups"\nmsgstr[0] "eine Tasse"\nmsgstr[1] "%(num)s Tassen"\n',
        'msgid "100 %% tea"\nmsgstr "100 %% Tee"\n',
    ],
)
def test_a_translation_that_fits_is_right(tmp_path: Path, text: str) -> None:
    assert len(read_catalogue(write(tmp_path, text))) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nonsense\n", "6: Unknown or misformatted keyword."),
        ('msgid "Tea"\nmsgid "Cup"\n', "6: missing msgstr for msgid 'Tea'."),
        ('msgid "%(a)s"\nmsgstr "%(b)s"\n', "6: the translation names %(b)s, and '%(a)s' does not."),
        (
            'msgid "Tea"\nmsgstr "50 %"\n',
            "6: the translation of 'Tea' has a % that cannot be filled in; a plain one is written %%.",
        ),
        (
            'msgid "Tea"\nmsgstr "Tee"\n\nmsgid "Cup"\nmsgstr "%d"\n',
            "9: the translation of 'Cup' has a % that cannot be filled in; a plain one is written %%.",
        ),
    ],
)
def test_a_broken_catalogue_is_told_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    assert refusal(tmp_path, text) == sentence


def test_more_plurals_than_the_language_has_are_told_with_their_line(tmp_path: Path) -> None:
    text = 'msgid "%(n)s"\nmsgid_plural "%(n)s"\nmsgstr[0] "1"\nmsgstr[1] "2"\nmsgstr[2] "3"\n'
    assert refusal(tmp_path, text).startswith("6: ")


@pytest.mark.parametrize("charset", ["utf-8", "latin-99"])
def test_a_catalogue_in_another_charset_than_it_names_is_told(tmp_path: Path, charset: str) -> None:
    file = write(tmp_path, "")
    file.write_bytes(HEAD.replace("utf-8", charset).encode() + b'msgid "Tea"\nmsgstr "\xff"\n')
    with pytest.raises(ConfigError, match=r"tea\.po: the file is not in the charset that it names"):
        read_catalogue(file)
