"""Compile the translations: every `<domain>.po` below a locale folder becomes the `.mo` that gettext reads."""

import io
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from core.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]
_PLACEHOLDER = re.compile(r"%\((\w+)\)")


def find_catalogues(root: Path = ROOT) -> tuple[Path, ...]:
    """Every catalogue of the core and of the shipped modules."""
    return catalogues_in((root / "core" / "locale", *root.glob("modules/*/locale")))


def catalogues_in(locales: Sequence[Path]) -> tuple[Path, ...]:
    """Every catalogue of some locale folders."""
    return tuple(sorted(file for folder in locales for file in folder.glob("*/LC_MESSAGES/*.po")))


def compile_catalogues(catalogues: Sequence[Path]) -> Iterator[Path]:
    """Compile each catalogue that is not compiled as it is now; the files that were written.

    A compiled file has the time of its catalogue, so that one of an older release is compiled too.
    Raises ConfigError as read_catalogue does, and where a file cannot be written.
    """
    for catalogue in catalogues:
        compiled = catalogue.with_suffix(".mo")
        time = catalogue.stat().st_mtime_ns
        if compiled.is_file() and compiled.stat().st_mtime_ns == time:
            continue
        octets = io.BytesIO()
        write_mo(octets, read_catalogue(catalogue))
        try:
            _put(compiled, octets.getvalue(), time)
        except OSError as error:
            raise ConfigError(f"{compiled} cannot be written: {error.strerror}.") from error
        yield compiled


def read_catalogue(file: Path) -> Catalog:
    """A catalogue whose translations fit what they translate.

    Raises ConfigError naming the file and the line where it cannot be read or a translation would fail on a page.
    """
    try:
        with file.open("rb") as source:
            catalogue = read_po(source, abort_invalid=True)
    except PoFileError as error:
        reason = str(error).removesuffix(f" on {error.lineno}")
        raise ConfigError(f"{file}:{error.lineno + 1}: {reason}.") from error  # it counts from 0
    except (UnicodeError, LookupError) as error:
        raise ConfigError(f"{file}: the file is not in the charset that it names: {error}.") from error
    for message in catalogue:
        if message.id and (reason := _misfit(message, catalogue)):
            raise ConfigError(f"{file}:{message.lineno}: {reason}.")
    return catalogue


def _misfit(message: Message, catalogue: Catalog) -> str:
    """Why a page could not show a translation; nothing where it could."""
    originals, translations = _texts(message.id), _texts(message.string or "")
    names = {name for text in originals for name in _PLACEHOLDER.findall(text)}
    for text in filter(None, translations):
        try:
            text % dict.fromkeys(names, 1)
        except KeyError as error:
            return f"the translation names %({error.args[0]})s, and {originals[0]!r} does not"
        except (TypeError, ValueError):
            return f"the translation of {originals[0]!r} has a % that cannot be filled in; a plain one is written %%"
    return "".join(str(error) for error in message.check(catalogue)[:1])


def _texts(text: str | Sequence[str]) -> Sequence[str]:
    return (text,) if isinstance(text, str) else text


def _put(file: Path, octets: bytes, time: int) -> None:
    """Write a file in one step, so that nobody who starts at this moment reads half of it."""
    written = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        written.write_bytes(octets)
        os.utime(written, ns=(time, time))
        written.replace(file)
    finally:
        written.unlink(missing_ok=True)
