"""What a process of tests does once, however many sites its tests open: thousands of them open one."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from werkzeug.routing.rules import Rule

from core import Module, discovery, loader
from core.database import engine as databases
from core.database.steps import MIGRATIONS
from core.wiring.plan import Wiring
from core.wiring.wire import wire

# How far a step of a migration is written: its file and when that was.
_Steps = tuple[tuple[Path, int], ...]

# How many wirings are remembered: sites of tests differ in few ways in what is on.
_WIRINGS = 64

_migrate = databases._bring_up_to_date
_forbidden_imports = discovery.forbidden_imports
_look_at = discovery.look_at

# The wiring of what was registered, by its identity; kept beside it, so that nothing else takes an identity.
_wired: dict[tuple[object, ...], tuple[object, Wiring]] = {}


def take_shortcuts() -> None:
    """Do what leads to the same each time once: tables of databases, wirings, and reading shipped modules' files.

    And compile no function that builds an address: hm3 writes its addresses itself.
    """
    databases._bring_up_to_date = _bring_up_to_date
    lasting = pytest.MonkeyPatch()
    lasting.setattr("core.cli.check.wire", _wire_once)
    lasting.setattr("core.discovery.look_at", _look_once)
    lasting.setattr("core.loader.forbidden_imports", _forbidden_once)
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
    folders = (MIGRATIONS, MIGRATIONS / "versions", *migrations)
    return [(file, file.stat().st_mtime_ns) for folder in folders for file in folder.glob("*.py")]


@cache
def _tables_of(steps: _Steps) -> bytes:
    """A database that all these steps made."""
    folders = dict.fromkeys(file.parent for file, _ in steps)
    own = {MIGRATIONS, MIGRATIONS / "versions"}
    with tempfile.TemporaryDirectory() as scratch:
        engine = create_engine(f"sqlite:///{scratch}/new.sqlite")
        _migrate(engine, [folder for folder in folders if folder not in own])
        engine.dispose()
        return (Path(scratch) / "new.sqlite").read_bytes()


def _wire_once(modules: Sequence[Module]) -> Wiring:
    """The wiring of exactly these registrations, made where it was not before."""
    kept = [value for module in modules for value in vars(module).values()]
    parts = [part for value in kept for part in ([list, *value] if isinstance(value, list) else [value])]
    known = tuple(part if isinstance(part, str | tuple) else id(part) for part in parts)
    if known not in _wired:
        if len(_wired) >= _WIRINGS:
            _wired.clear()
        _wired[known] = parts, wire(modules)
    return _wired[known][1]


@cache
def _look_at_shipped(imported_as: str, file: Path, fallback: str, on: bool) -> discovery.Found:
    return _look_at(imported_as, file, fallback, on)


def _look_once(imported_as: str, file: Path, fallback: str, on: bool = True) -> discovery.Found:
    look = _look_at_shipped if file.is_relative_to(loader.SHIPPED) else _look_at
    return look(imported_as, file, fallback, on)


@cache
def _forbidden_in_shipped(found: discovery.Found) -> tuple[str, ...]:
    return tuple(_forbidden_imports(found))


def _forbidden_once(found: discovery.Found) -> Iterator[str]:
    shipped = found.file.is_relative_to(loader.SHIPPED)
    return iter(_forbidden_in_shipped(found)) if shipped else _forbidden_imports(found)


def _build_nothing(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    return _refuse


def _refuse(rule: Rule, *_: object, **__: object) -> tuple[str, str]:
    raise NotImplementedError(f"Nobody builds the address of {rule}.")
