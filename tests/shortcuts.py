"""What a process of tests does once, however many sites its tests open: thousands of them open one."""

import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, create_engine
from werkzeug.routing.rules import Rule

from core.database import engine as databases

# How far a step of a migration is written: its file and when that was.
_Steps = tuple[tuple[Path, int], ...]

_migrate = databases._migrate


def take_shortcuts() -> None:
    """Have new databases copied from the first of their kind, and no function compiled that builds an address.

    hm3 writes its addresses itself.
    """
    databases._migrate = _bring_up_to_date
    Rule._compile_builder = _build_nothing  # type: ignore[method-assign]  # that is the point


def _bring_up_to_date(engine: Engine, migrations: Sequence[Path]) -> None:
    """Copy the tables that these steps make into a new file; bring any other database up to date by its steps."""
    file = Path(engine.url.database or "")
    if engine.dialect.name != "sqlite" or (file.exists() and file.stat().st_size):
        _migrate(engine, migrations)
        return
    with sqlite3.connect(":memory:") as kept:
        kept.deserialize(_tables_of(tuple(sorted(_steps(migrations)))))
        with sqlite3.connect(file) as new:
            kept.backup(new)
        new.close()
    kept.close()


def _steps(migrations: Sequence[Path]) -> Sequence[tuple[Path, int]]:
    folders = (databases._MIGRATIONS, databases._MIGRATIONS / "versions", *migrations)
    return [(file, file.stat().st_mtime_ns) for folder in folders for file in folder.glob("*.py")]


@cache
def _tables_of(steps: _Steps) -> bytes:
    """A database that all these steps made."""
    folders = dict.fromkeys(file.parent for file, _ in steps)
    own = {databases._MIGRATIONS, databases._MIGRATIONS / "versions"}
    with tempfile.TemporaryDirectory() as scratch:
        engine = create_engine(f"sqlite:///{scratch}/new.sqlite")
        _migrate(engine, [folder for folder in folders if folder not in own])
        engine.dispose()
        return (Path(scratch) / "new.sqlite").read_bytes()


def _build_nothing(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    return _refuse


def _refuse(rule: Rule, *_: object, **__: object) -> tuple[str, str]:
    raise NotImplementedError(f"Nobody builds the address of {rule}.")
