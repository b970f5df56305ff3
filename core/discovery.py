"""Find modules without importing them: what a folder or an installed package says it holds, and what it may not."""

import ast
import importlib.metadata
import importlib.util
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

ENTRY_POINTS = "hm3.modules"
_FORBIDDEN = ("flask", "werkzeug")
_MODULES_PACKAGE = "modules"
# Names stand as they are in statements; those that are given as a text may be written in other ways.
_SUSPECT = re.compile(
    r"flask|werkzeug|core[\s\\]*\.[\s\\]*web|core[\s\\]+import\b[^\"]*?(?<!\.)\bweb\b|__import__|import_module"
)


@dataclass(frozen=True)
class Found:
    """A module that could be loaded. `broken` says why it cannot be; `imported_as` is what Python calls its file."""

    name: str
    imported_as: str
    file: Path
    requires: tuple[str, ...] = ()
    broken: str = ""
    on: bool = True

    @property
    def folder(self) -> Path:
        """The folder whose files belong to the module."""
        return self.file.parent

    @property
    def is_package(self) -> bool:
        """Whether the module has a folder of its own, rather than being one file among others."""
        return "." in self.imported_as or self.file.name == "__init__.py"

    @property
    def package(self) -> str:
        """The Python package of its files."""
        return self.imported_as if self.file.name == "__init__.py" else self.imported_as.rpartition(".")[0]

    def files(self) -> tuple[Path, ...]:
        """All its Python files."""
        return tuple(sorted(self.folder.rglob("*.py"))) if self.is_package else (self.file,)


def find_in_folder(folder: Path) -> tuple[Found, ...]:
    """The modules of a folder, each a folder of its own with a module.py, in the order of their folders' names."""
    return tuple(
        look_at(f"{_MODULES_PACKAGE}.{file.parent.name}.module", file, file.parent.name)
        for file in sorted(folder.glob("*/module.py"))
        if not file.parent.name.startswith((".", "_"))
    )


def find_installed() -> tuple[Found, ...]:
    """The modules that installed packages offer by an `hm3.modules` entry point. They are off until switched on."""
    return tuple(
        _installed(entry) for entry in sorted(importlib.metadata.entry_points(group=ENTRY_POINTS), key=lambda e: e.name)
    )


def look_at(imported_as: str, file: Path, fallback: str, on: bool = True) -> Found:
    """What a module's file says of it. `fallback` is its name where the file does not tell."""
    if not all(part.isidentifier() for part in imported_as.split(".")):
        better = fallback.replace("-", "_").replace(".", "_")
        return Found(fallback, imported_as, file, broken=f"its folder has no Python name; call it {better}", on=on)
    try:
        tree = ast.parse(file.read_bytes(), str(file))
    except (SyntaxError, ValueError) as error:
        return Found(fallback, imported_as, file, broken=f"{place(file, error)}: {why(error)}", on=on)
    except OSError as error:
        return Found(fallback, imported_as, file, broken=f"{file} cannot be read: {error.strerror}", on=on)
    for call in _module_calls(tree):
        name, requires = _text(call, 0, "name"), _texts(call, 1, "requires")
        if name is not None and requires is not None:
            return Found(name, imported_as, file, requires, on=on and not _is_false(call, "on"))
    reason = f'{file} has no line such as module = Module("{fallback}", requires=("mail",)), with its names written out'
    return Found(fallback, imported_as, file, broken=reason, on=on)


def forbidden_imports(found: Found) -> Iterator[str]:
    """A sentence for each import of Flask, Werkzeug or core.web in a module's files, with file and line.

    And for each file that might have one and that Python cannot read.
    """
    for file in found.files():
        try:
            forbidden = _forbidden_in(file.read_bytes())
        except (SyntaxError, ValueError) as error:
            yield f"Module {found.name} cannot be loaded: {place(file, error)}: {why(error)}."
            continue
        for line, name in forbidden:
            yield (
                f"Module {found.name} imports {name} in {file}:{line}. Modules see no request: let an @inputs "
                "class name what is needed and return a result or a Redirect."
            )


def place(file: Path, error: BaseException) -> str:
    """Where in a file an error is."""
    line = getattr(error, "lineno", None)
    return f"{file}:{line}" if line else str(file)


def why(error: SyntaxError | ValueError) -> str:
    """Why a file cannot be read as Python."""
    return error.msg if isinstance(error, SyntaxError) else str(error)


def _installed(entry: importlib.metadata.EntryPoint) -> Found:
    """An entry point's module, found without importing the package that holds it."""
    top, *rest = entry.module.split(".")
    spec = importlib.util.find_spec(top)
    if spec is None or (rest and not spec.submodule_search_locations):
        reason = f"the installed package names {entry.module}, which is not there"
        return Found(entry.name, entry.module, Path(entry.module), broken=reason, on=False)
    if not rest and spec.submodule_search_locations is None:
        return look_at(entry.module, Path(spec.origin or top), entry.name, on=False)
    folder = Path(next(iter(spec.submodule_search_locations or ()))).joinpath(*rest[:-1])
    return look_at(entry.module, folder / f"{rest[-1] if rest else '__init__'}.py", entry.name, on=False)


def _module_calls(tree: ast.Module) -> Iterator[ast.Call]:
    for statement in tree.body:
        targets: Iterable[ast.expr] = ()
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = (statement.target,)
        if any(isinstance(target, ast.Name) and target.id == "module" for target in targets):
            value = getattr(statement, "value", None)
            if isinstance(value, ast.Call):
                yield value


def _argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    if len(call.args) > position:
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _text(call: ast.Call, position: int, name: str) -> str | None:
    argument = _argument(call, position, name)
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def _is_false(call: ast.Call, keyword: str) -> bool:
    """Whether an argument is written as False."""
    given = (word.value for word in call.keywords if word.arg == keyword)
    return any(isinstance(value, ast.Constant) and value.value is False for value in given)


def _texts(call: ast.Call, position: int, name: str) -> tuple[str, ...] | None:
    """The texts of a tuple or list; none where the argument is not given; None where it is not written out."""
    argument = _argument(call, position, name)
    if argument is None:
        return ()
    if not isinstance(argument, ast.Tuple | ast.List):
        return None
    texts = [part.value for part in argument.elts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return tuple(texts) if len(texts) == len(argument.elts) else None


def _forbidden_in(code: bytes) -> tuple[tuple[int, str], ...]:
    """Line and name of each import that modules may not have. Raises SyntaxError or ValueError."""
    if not _is_suspect(code):
        return ()
    return tuple((line, name) for line, name in _imports(ast.parse(code)) if _is_forbidden(name))


def _is_suspect(code: bytes) -> bool:
    """Whether such an import may be in a file, by its letters: most files need not be parsed for it."""
    text = code.decode(errors="replace")
    # Python takes letters that look otherwise for the same name.
    return _SUSPECT.search(text if text.isascii() else normalize("NFKC", text)) is not None


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of everything that a file imports, by statement or by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names if node.module == "core")
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            name = _text(node, 0, "name")
            if name is not None:
                yield node.lineno, name


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _is_forbidden(name: str) -> bool:
    top, _, rest = name.partition(".")
    if top in _FORBIDDEN or top.startswith("flask_"):
        return True
    return top == "core" and rest.partition(".")[0] == "web"
