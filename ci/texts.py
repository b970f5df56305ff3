"""Collect the texts that people read and bring every catalogue up to date; it runs as `python -m ci.texts`."""

import ast
import dataclasses
import importlib
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from core.look import LANGUAGES
from core.output.pieces import EXTENSION
from core.settings import describe_section

ROOT = Path(__file__).resolve().parent.parent
OTHER_LANGUAGES = tuple(language for language in LANGUAGES if language != "en")
# As build.mjs finds them: what scripts say stands in the call as one string.
_SAID = re.compile(r'\bsay\(\s*("(?:[^"\\\n]|\\.)*")')


@dataclass(frozen=True, order=True)
class Text:
    """One text as sources hold it: in English, perhaps with what is said of one thing, or with a context."""

    text: str
    one: str = ""
    context: str = ""

    @property
    def id(self) -> str | tuple[str, str]:
        """What catalogues know it by."""
        return (self.one, self.text) if self.one else self.text


def main() -> None:
    """Write one catalogue for each language of the core and of each module that has texts; tell what is missing."""
    for folder, texts in collect():
        for language in OTHER_LANGUAGES if texts else ():
            file = catalogue_of(folder, language)
            catalogue = updated(read(file, language), texts)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(written(catalogue), encoding="utf-8")
            for text in missing(catalogue):
                print(f"{file.relative_to(ROOT)}: {text!r} has no translation")


def collect(root: Path = ROOT) -> Iterator[tuple[Path, tuple[Text, ...]]]:
    """The core and each module, with the texts of its own; what the core says too stands in the core's catalogue."""
    core = frozenset(texts_of(root / "core"))
    yield root / "core", tuple(sorted(core))
    for folder in sorted(file.parent for file in (root / "modules").glob("*/module.py")):
        yield folder, tuple(sorted({*texts_of(folder)} - core))


def texts_of(folder: Path) -> Iterator[Text]:
    """The texts of a folder's templates, Python files, settings and scripts."""
    for template in sorted(folder.glob("templates/**/*.html")):
        yield from _of_template(template)
    for file in sorted(folder.rglob("*.py")):
        yield from _of_python(ast.parse(file.read_text(encoding="utf-8")))
    for kind in _settings_of(folder):
        yield from _of_settings(kind)
    for script in sorted(folder.glob("assets/**/*.ts")):
        for said in _SAID.findall(script.read_text(encoding="utf-8")):
            yield Text(json.loads(said))


def catalogue_of(folder: Path, language: str) -> Path:
    """The catalogue of one folder in one language."""
    return folder / "locale" / language / "LC_MESSAGES" / f"{folder.name}.po"


def read(file: Path, language: str) -> Catalog:
    """A catalogue as it is, or an empty one where there is none."""
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as source:
        return read_po(source, locale=language)


def updated(old: Catalog, texts: Iterable[Text]) -> Catalog:
    """A catalogue with just these texts: new ones come without a translation, old ones keep theirs, others go."""
    new = Catalog(locale=old.locale)
    for text in texts:
        known = old.get(text.one or text.text, text.context or None)
        string = known.string if known is not None and isinstance(known.id, str) != bool(text.one) else ""
        new.add(text.id, string or ("",) * new.num_plurals if text.one else string, context=text.context or None)
    return new


def written(catalogue: Catalog) -> str:
    """A catalogue as its file holds it, without dates, so that it only changes when its texts do."""
    head = (
        f"Language: {catalogue.locale_identifier}",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {catalogue.plural_forms}",
    )
    body = io.BytesIO()
    write_po(body, catalogue, omit_header=True, no_location=True, sort_output=True, width=0)
    lines = "\n".join(f'"{line}\\n"' for line in head)
    return f'msgid ""\nmsgstr ""\n{lines}\n\n{body.getvalue().decode().rstrip()}\n'


def missing(catalogue: Catalog) -> Iterator[str]:
    """The texts without a translation, or with one that lacks a plural."""
    for message in catalogue:
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(strings):
            yield message.id if isinstance(message.id, str) else message.id[0]


def _of_template(file: Path) -> Iterator[Text]:
    with file.open("rb") as source:
        options = {"trimmed": "true", "extensions": EXTENSION, "silent": "false"}
        extracted = tuple(babel_extract(source, ("_", "gettext", "ngettext", "pgettext"), [], options))
    for _, function, found, _ in extracted:
        match function, [found] if isinstance(found, str) else [part for part in found or () if part]:
            case "pgettext", [context, text, *_]:
                yield Text(text, context=context)
            case "ngettext", [one, many, *_]:
                yield Text(many, one)
            case _, [text, *_]:
                yield Text(text)


def _of_python(tree: ast.AST) -> Iterator[Text]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        match node.func, [argument.value for argument in node.args if isinstance(argument, ast.Constant)]:
            case ast.Name("Sentence" | "MenuEntry"), [str(text), *_] if text:
                yield Text(text)
            case ast.Attribute(ast.Name("Sentence"), "counted"), [str(one), str(many), *_]:
                yield Text(many, one)
            case ast.Attribute(ast.Name("Sentence"), "within"), [str(context), str(text), *_]:
                yield Text(text, context=context)


def _settings_of(folder: Path) -> Iterator[type]:
    """The settings that a folder's Python files declare."""
    for file in sorted(folder.glob("*.py")):
        name = ".".join((*folder.relative_to(ROOT).parts, file.stem))
        for kind in vars(importlib.import_module(name)).values():
            if isinstance(kind, type) and kind.__module__ == name and dataclasses.is_dataclass(kind):
                fields = dataclasses.fields(kind)
                if fields and all("label" in field.metadata for field in fields):
                    yield kind


def _of_settings(kind: type) -> Iterator[Text]:
    section = describe_section(kind, kind())
    chosen = {field.name: field.metadata["choices"] is not None for field in dataclasses.fields(kind)}
    for field in section.fields:
        yield Text(field.label)
        yield from (Text(label) for _, label in field.choices if not chosen[field.name])
    helps = (section.title if section.fields else "", section.help, *(field.help for field in section.fields))
    yield from (Text(text) for text in helps if text)


if __name__ == "__main__":
    main()
