"""What a module's files may import of other modules: their api.py, of those that it requires."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.discovery import Found, place, why
from core.ini.reader import fold

_MODULES = "modules"
_NOT_RUN = ("test_", "conftest")  # no site imports these


@dataclass(frozen=True)
class _Import:
    """One import of something below `modules`: what it names in full, what the file calls it, and its line."""

    name: str
    called: str
    line: int

    @property
    def folder(self) -> str:
        """The folder of the module that is imported from."""
        return self.name.split(".")[1]

    @property
    def file(self) -> str:
        """Which of its files that is, such as `api`; nothing for the folder itself."""
        return ".".join(self.name.split(".")[2:3])


def trespasses(found: Found, there: Iterable[Found]) -> Iterator[str]:
    """A sentence for each import of what another module keeps to itself, or of a module that is not required.

    `there` are all modules that are on. A file that replaces something of another module may import of that module
    what it likes: it has to name what it replaces.
    """
    by_folder = {one.folder.name: one for one in there if one.imported_as.startswith(f"{_MODULES}.")}
    own = found.folder.name if found.imported_as.startswith(f"{_MODULES}.") else ""
    required = _required(found, {fold(one.name): one for one in there})
    for file in found.files():
        if file.stem.startswith(_NOT_RUN) or "tests" in file.relative_to(found.folder).parts:
            continue
        try:
            tree = ast.parse(file.read_bytes())
        except (SyntaxError, ValueError) as error:
            yield f"Module {found.name} cannot be loaded: {place(file, error)}: {why(error)}."
            continue
        package = ".".join((found.package, *file.parent.relative_to(found.folder).parts))
        imports = [one for one in _imports(tree, package) if one.folder != own and one.file]
        replaced = set(_replaced(tree, imports))
        bridge = fold(file.stem.removeprefix("with_")) if file.stem.startswith("with_") else ""
        for one in {(one.line, one.folder, one.file): one for one in imports}.values():
            other = by_folder[one.folder].name if one.folder in by_folder else one.folder
            what = f"Module {found.name} imports {_MODULES}.{one.folder}.{one.file} in {file}:{one.line}"
            if one.file != "api" and one.folder not in replaced:
                yield f"{what}. Import {_MODULES}.{one.folder}.api: that is what {other} offers to other modules."
            elif fold(other) not in required and bridge not in (fold(other), fold(one.folder)):
                written = ", ".join(f'"{name}"' for name in (*found.requires, other)) + ("" if found.requires else ",")
                yield (
                    f"{what} and does not require {other}. Write requires=({written}), or put what needs {other} "
                    f"into with_{one.folder}.py, which is imported only where {other} is on."
                )


def _required(found: Found, there: Mapping[str, Found]) -> set[str]:
    """The folded names of what a module requires, by itself or by what it requires."""
    required: set[str] = set()
    asked = [*found.requires]
    while asked:
        name = fold(asked.pop())
        if name not in required:
            required.add(name)
            asked.extend(there[name].requires if name in there else ())
    return required


def _imports(tree: ast.Module, package: str) -> Iterator[_Import]:
    """Everything that a file of a package imports from below `modules` in statements."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith(f"{_MODULES}."):
                    yield _Import(alias.name, alias.asname or alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            for alias in node.names:
                name = ".".join(part for part in (*above, node.module, alias.name) if part)
                if name.startswith(f"{_MODULES}."):
                    yield _Import(name, alias.asname or alias.name, node.lineno)


def _replaced(tree: ast.Module, imports: Iterable[_Import]) -> Iterator[str]:
    """The folders of the modules of which a file replaces something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "replace":
            for argument in node.args:
                written = ast.unparse(argument)
                yield from (one.folder for one in imports if f"{written}.".startswith(f"{one.called}."))
