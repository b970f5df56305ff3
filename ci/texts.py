"""Collect the texts that people read and bring every catalogue up to date; it runs as `python -m ci.texts`."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("de", "fr", "es", "ar")
# Keyword arguments and calls whose constant texts people read.
READ_KEYWORDS = frozenset({"label", "help"})
READ_CALLS = frozenset({"MenuEntry", "titled", "Notice"})


def main() -> None:
    """Write one catalogue for each language of the core and of each module that has texts."""
    for folder in (ROOT / "core", *sorted((ROOT / "modules").iterdir())):
        texts = sorted(set(texts_of(folder)))
        for language in LANGUAGES if texts else ():
            update(folder, language, texts)


def texts_of(folder: Path) -> Iterator[str]:
    """The texts of a folder's templates and of its Python files."""
    for template in sorted(folder.glob("templates/**/*.html")):
        for _, message, _, _ in extract_from_file("jinja2.ext:babel_extract", template, options={"trimmed": "true"}):
            yield message if isinstance(message, str) else message[0]
    for file in sorted(folder.rglob("*.py")):
        yield from _read_by_people(ast.parse(file.read_text()))


def update(folder: Path, language: str, texts: list[str]) -> None:
    """Bring one catalogue up to date: new texts come without a translation, old ones keep theirs, others go."""
    file = folder / "locale" / language / "LC_MESSAGES" / f"{folder.name}.po"
    old = Catalog(locale=language)
    if file.exists():
        with file.open("rb") as source:
            old = read_po(source, locale=language)
    new = Catalog(locale=language, project="hm3", version="1", fuzzy=False)
    for text in texts:
        known = old.get(text)
        new.add(text, known.string if known else "")
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        write_po(target, new, omit_header=False, no_location=True, sort_output=True, width=0)


def _read_by_people(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            values = [keyword.value for keyword in node.keywords if keyword.arg in READ_KEYWORDS and name == "setting"]
            if name in READ_CALLS:
                values += node.args[:2]
            yield from _texts(values)
        if isinstance(node, ast.FunctionDef) and node.name == "label":
            yield from (
                text for inner in ast.walk(node) if isinstance(inner, ast.Dict) for text in _texts(inner.values)
            )
        if isinstance(node, ast.ClassDef) and node.name.endswith("Settings"):
            yield (ast.get_docstring(node) or "").partition("\n")[0].rstrip(".")


def _texts(nodes: Iterable[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value[:1].isupper():
            yield node.value


if __name__ == "__main__":
    main()
