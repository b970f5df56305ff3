"""Every text of the sources is translated into every language, with the placeholders and plurals that it needs."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from ci.texts import OTHER_LANGUAGES, ROOT, Text, catalogue_of, collect, missing, read, updated, written
from core.cli.catalogues import read_catalogue

FOLDERS = tuple((folder, texts) for folder, texts in collect() if texts)
CASES = [
    pytest.param(folder, texts, language, id=f"{folder.name}-{language}")
    for folder, texts in FOLDERS
    for language in OTHER_LANGUAGES
]
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
# What people are told, by the place of the words in the call: they have to be a Sentence, or nobody translates them.
TOLD = {
    **dict.fromkeys(("Notice", "Conflict", "NotFound", "NotAllowed", "NotOffered", "TooLarge", "TooMany"), 0),
    **dict.fromkeys(("InputError", "FieldError", "titled"), 1),
}


def forms(message: Message) -> tuple[str, ...]:
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return tuple(str(string or "") for string in strings)


def untold(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = TOLD.get(name, len(node.args))
            if place < len(node.args) and isinstance(node.args[place], ast.Constant | ast.JoinedStr):
                yield f"{file.relative_to(ROOT)}:{node.lineno}"


@pytest.mark.parametrize(("folder", "texts", "language"), CASES)
def test_every_text_has_a_translation(folder: Path, texts: tuple[Text, ...], language: str) -> None:
    assert list(missing(updated(read(catalogue_of(folder, language), language), texts))) == []


@pytest.mark.parametrize(("folder", "texts", "language"), CASES)
def test_every_catalogue_is_as_the_collector_writes_it(folder: Path, texts: tuple[Text, ...], language: str) -> None:
    file = catalogue_of(folder, language)
    assert file.read_text(encoding="utf-8") == written(updated(read(file, language), texts))


@pytest.mark.parametrize(("folder", "texts", "language"), CASES)
def test_translations_have_the_placeholders_of_their_texts(
    folder: Path, texts: tuple[Text, ...], language: str
) -> None:
    for message in read(catalogue_of(folder, language), language):
        original = message.id if isinstance(message.id, str) else message.id[-1]
        wanted = set(PLACEHOLDER.findall(original)) - {"%(num)s"}
        for form in forms(message) if message.id else ():
            assert set(PLACEHOLDER.findall(form)) - {"%(num)s"} == wanted, original


@pytest.mark.parametrize(("folder", "texts", "language"), CASES)
def test_translations_hold_no_markup_and_fit_their_texts(folder: Path, texts: tuple[Text, ...], language: str) -> None:
    catalogue = read_catalogue(catalogue_of(folder, language))
    for message in catalogue:
        assert message.id == "" or not re.search(r"[<>]", "".join(forms(message))), message.id
        assert not message.fuzzy or message.id == ""


@pytest.mark.parametrize(("language", "plurals"), [("de", 2), ("fr", 2), ("es", 2), ("ar", 6)])
def test_each_language_has_its_own_number_of_plurals(language: str, plurals: int) -> None:
    for folder, _ in FOLDERS:
        catalogue = read_catalogue(catalogue_of(folder, language))
        assert catalogue.num_plurals == plurals
        assert all(len(forms(message)) == plurals for message in catalogue if isinstance(message.id, tuple))


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_one_text_has_one_translation_wherever_it_stands(language: str) -> None:
    # The catalogues of all modules are one dictionary: the first that knows a text decides.
    said: dict[object, object] = {}
    for folder, _ in FOLDERS:
        for message in read(catalogue_of(folder, language), language):
            if message.id:
                key = (message.context, message.id if isinstance(message.id, str) else message.id[0])
                assert said.setdefault(key, message.string) == message.string


def test_what_people_are_told_can_be_translated() -> None:
    files = [file for folder in ("core", "modules") for file in (ROOT / folder).rglob("*.py")]
    assert [place for file in files for place in untold(file)] == []


def test_a_changed_text_loses_its_old_translation() -> None:
    old = Catalog(locale="de")
    old.add("kept", "behalten")
    old.add("gone", "weg")
    new = updated(old, [Text("kept"), Text("fresh"), Text("%(num)s things", "%(num)s thing")])
    assert {message.id: forms(message) for message in new if message.id and all(forms(message))} == {
        "kept": ("behalten",)
    }
    assert list(missing(new)) == ["fresh", "%(num)s thing"]
