"""Whether the database is up to date, found out from the files of its migrations and without running any."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
VERSIONS = table("alembic_version", column("version_num"))
_NAMES = ("revision", "down_revision", "depends_on")


def folders(migrations: Sequence[Path]) -> tuple[Path, ...]:
    """Where the steps of the core and of modules lie."""
    return (MIGRATIONS / "versions", *migrations)


def done(connection: Connection) -> set[str]:
    """The last steps that were done, of the core and of every module."""
    if not inspect(connection).has_table(VERSIONS.name):
        return set()
    return set(connection.execute(select(VERSIONS.c.version_num)).scalars())


def is_current(connection: Connection, migrations: Sequence[Path]) -> bool:
    """Whether every step of these folders was done. False too where their files do not tell plainly."""
    known: set[str] = set()
    followed: set[str] = set()
    for folder in folders(migrations):
        for file in folder.glob("*.py"):
            if file.name != "__init__.py":
                named = _named(file)
                own, before, needed = (named.get(name) for name in _NAMES)
                if own is None or len(own) != 1 or before is None or needed is None:
                    return False
                known.update(own)
                followed.update(before, needed)
    # Modules that are off have left rows of their own.
    return done(connection) & known == known - followed


def _named(file: Path) -> dict[str, tuple[str, ...] | None]:
    """The steps that a file says it is, follows and depends on; None for what it does not write out."""
    try:
        return dict(_assigned(ast.parse(file.read_bytes(), str(file))))
    except (SyntaxError, ValueError):
        return {}


def _assigned(tree: ast.Module) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    for statement in tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and target.id in _NAMES:
                yield target.id, _texts(getattr(statement, "value", None))


def _texts(value: ast.expr | None) -> tuple[str, ...] | None:
    """The texts that are written out: one, several or none; None where there is something else."""
    try:
        told = ast.literal_eval(value) if value is not None else 0
    except ValueError:
        return None
    parts = (told,) if isinstance(told, str) else told
    if isinstance(parts, tuple | list) and all(isinstance(part, str) for part in parts):
        return tuple(parts)
    return () if told is None else None
