"""The project's own files, as the tests of its architecture read them."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What is made and not kept, for a tree that is no checkout.
_MADE = frozenset({"node_modules", "site", "data", "demo-data", "bench-data", "__pycache__", "htmlcov"})


@dataclass(frozen=True)
class Source:
    """One file of the project, with its name below the project's folder."""

    root: Path
    name: str

    @cached_property
    def text(self) -> str:
        """What the file holds; nothing where it is no text."""
        try:
            return (self.root / self.name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return ""

    @cached_property
    def tree(self) -> ast.Module:
        """The file as Python reads it."""
        return ast.parse(self.text, self.name)

    def within(self, *folders: str) -> bool:
        """Whether the file is below one of these folders."""
        return self.name.startswith(tuple(f"{folder}/" for folder in folders))


@cache
def every_file(root: Path = ROOT) -> tuple[Source, ...]:
    """All files that are kept, as git knows them; in a tree without git all that are not made."""
    git = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], capture_output=True, text=True, check=False)
    names = git.stdout.split("\0") if git.returncode == 0 else _walk(root)
    return tuple(Source(root, name) for name in sorted(names) if name and (root / name).is_file())


def python(*folders: str) -> list[Source]:
    """All Python files, or those below some folders."""
    files = [source for source in every_file() if source.name.endswith(".py") or source.name == "hm3"]
    return [source for source in files if source.within(*folders)] if folders else files


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, inner ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def classes(tree: ast.Module | ast.ClassDef) -> Iterator[ast.ClassDef]:
    """The classes that others can import: those of a file and of its classes, not those inside a function."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield node
            yield from classes(node)


def _walk(root: Path) -> Iterator[str]:
    for file in root.rglob("*"):
        folders = file.relative_to(root).parts[:-1]
        hidden = any(part.startswith(".") and part != ".ci" for part in folders)
        if file.is_file() and not hidden and not _MADE & set(folders) and not file.name.endswith((".pyc", ".mo")):
            yield file.relative_to(root).as_posix()
