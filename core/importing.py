"""Import the files of modules, and say in one sentence why one cannot be imported."""

import dataclasses
import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from types import ModuleType

from core.discovery import Found
from core.errors import ConfigError, WebmailError
from core.ini.reader import fold
from core.module import Module

OVERRIDE = "hm3_override"  # what Python calls the admin's override.py
_BRIDGE = "with_"
_PROGRAM, _REGISTERS = b'\nif __name__ == "__main__":\n', (b"module import", b"import module")
_NOT_OURS = ("__init__", "__main__", "conftest", "setup", "module")


def extend_path(folder: Path) -> None:
    """Let `modules.<name>` also be found in a folder. What the program ships stays first."""
    searched = importlib.import_module("modules").__path__
    if str(folder) not in searched:
        searched.append(str(folder))
    importlib.invalidate_caches()


def import_module(found: Found) -> Module:
    """A module with everything that its files register. Raises ConfigError with the reason where that fails."""
    first = _explained(found, lambda: _import_file(found))
    module = getattr(first, "module", None)
    if not isinstance(module, Module) or module.name != found.name:
        raise ConfigError(f"Module {found.name} cannot be loaded: {found.file} makes no such module.")
    for name in _own_files(found):
        _explained(found, lambda name=name: importlib.import_module(name))  # type: ignore[misc]  # binds the loop's name
    return module


def import_bridges(found: Found, enabled: Collection[str]) -> None:
    """Import a module's `with_<other>.py` for each other module that is on, by its name or its folder's."""
    for name, other in _bridges(found):
        if other in enabled:
            _explained(found, lambda name=name: importlib.import_module(name))  # type: ignore[misc]  # binds the loop's name


def without_bridges(module: Module, found: Found, enabled: Collection[str]) -> Module:
    """The module without what bridges to modules that are off registered earlier in this process."""
    off = {name for name, other in _bridges(found) if other not in enabled and name in sys.modules}
    if not off:
        return module
    return dataclasses.replace(
        module,
        handlers=[handler for handler in module.handlers if handler.function.__module__ not in off],
        guards=[guard for guard in module.guards if guard.function.__module__ not in off],
        outputs=[output for output in module.outputs if output.function.__module__ not in off],
        services=[service for service in module.services if service.__module__ not in off],
        shared_services=[service for service in module.shared_services if service.__module__ not in off],
        settings_types=[kind for kind in module.settings_types if kind.__module__ not in off],
        configs=[kind for kind in module.configs if kind.__module__ not in off],
        commands=[command for command in module.commands if command.function.__module__ not in off],
        checks=[check for check in module.checks if check.function.__module__ not in off],
        replacements=[pair for pair in module.replacements if pair[1].__module__ not in off],
    )


def _import_file(found: Found) -> ModuleType:
    if found.imported_as != OVERRIDE:
        return importlib.import_module(found.imported_as)
    spec = importlib.util.spec_from_file_location(OVERRIDE, found.file)
    assert spec is not None and spec.loader is not None  # a path that ends in .py always has both
    made = importlib.util.module_from_spec(spec)
    sys.modules[OVERRIDE] = made
    spec.loader.exec_module(made)
    return made


def _own_files(found: Found) -> Iterator[str]:
    """What Python calls the other files of a module's folder; bridges, tests and programs are left out."""
    if found.is_package:
        for file in sorted(found.folder.glob("*.py")):
            if file.stem not in _NOT_OURS and not file.stem.startswith((_BRIDGE, "test_")) and not _is_program(file):
                yield f"{found.package}.{file.stem}"


def _is_program(file: Path) -> bool:
    """Whether a file is run by itself and registers nothing: what it needs, the site does not."""
    code = file.read_bytes()
    return _PROGRAM in code and not any(names in code for names in _REGISTERS)


def _bridges(found: Found) -> Iterator[tuple[str, str]]:
    """What Python calls each bridge of a module, and the folded name of the module at its other end."""
    if found.is_package:
        for file in sorted(found.folder.glob(f"{_BRIDGE}*.py")):
            yield f"{found.package}.{file.stem}", fold(file.stem.removeprefix(_BRIDGE))


def _explained(found: Found, run: Callable[[], ModuleType]) -> ModuleType:
    """Import something; whatever its code raises becomes the sentence of a ConfigError."""
    try:
        return run()
    except WebmailError as error:
        raise ConfigError(f"Module {found.name} cannot be loaded: {error}") from error
    except ModuleNotFoundError as error:
        place = _raised_at(error, found)
        ours = str(error.name).partition(".")[0] in ("modules", "core")
        missing = "does not exist" if ours else "is not installed"
        raise ConfigError(
            f"Module {found.name} cannot be loaded: {place} imports {error.name}, which {missing}."
        ) from error
    except SyntaxError as error:
        where = f"{error.filename or found.file}:{error.lineno}"
        raise ConfigError(f"Module {found.name} cannot be loaded: {where}: {error.msg}.") from error
    except Exception as error:  # third-party code may raise anything; all of it is told, none swallowed
        place = _raised_at(error, found)
        raise ConfigError(
            f"Module {found.name} cannot be loaded: {place} raises {type(error).__name__}: {error}"
        ) from error


def _raised_at(error: BaseException, found: Found) -> str:
    """The last line of the module's own files that an error went through."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(found.folder)]
    return f"{own[-1].filename}:{own[-1].lineno}" if own else str(found.file)
