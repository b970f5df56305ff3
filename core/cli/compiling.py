"""Compile the program for its starts: its Python, and its templates in every language, each beside its source.

Who serves it mostly may not write there, and would compile all of it at each start.
"""

import compileall
import hashlib
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from core.look import LANGUAGES
from core.output.beside import read_beside, write_beside

_PYTHON = ("core", "modules", "demo")
_STAMP = "templates"


def compile_program(root: Path, elsewhere: Sequence[Path] = ()) -> None:
    """Compile what is not compiled as it is now. Where that cannot be written, nothing happens, as Python does it.

    `elsewhere` are the folders of modules that hm3 does not ship. Raises TemplateSyntaxError.
    """
    for folder in (*(root / name for name in _PYTHON), *elsewhere):
        if folder.is_dir():
            compileall.compile_dir(folder, quiet=2)
    modules = (*sorted(root.glob("modules/*")), *elsewhere, root / "core")
    templates, locales = (
        [module / name for module in modules if (module / name).is_dir()] for name in ("templates", "locale")
    )
    stamp = _digest(templates, locales)
    # Whatever else is amiss with what lies there is found out by whoever reads it.
    if read_beside(root / "package.json", _STAMP) == stamp:
        return
    from core.output.render import Renderer

    for language in LANGUAGES:
        Renderer(templates, locales).compile_all(language)
    write_beside(root / "package.json", _STAMP, stamp)


def _digest(templates: Sequence[Path], locales: Sequence[Path]) -> bytes:
    """One hash of all that compiled templates depend on."""
    total = hashlib.sha256()
    for file in _sources(templates, locales):
        total.update(f"{file}\0".encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.digest()


def _sources(templates: Sequence[Path], locales: Sequence[Path]) -> Iterator[Path]:
    jinja = find_spec("jinja2")
    assert jinja is not None and jinja.origin is not None  # hm3 needs it
    for folder in (Path(jinja.origin).parent, Path(__file__).resolve().parents[1] / "output"):
        yield from sorted(folder.glob("*.py"))
    for kind, folders in (("*.html", templates), ("*.mo", locales)):
        for folder in folders:
            yield from sorted(folder.rglob(kind))
