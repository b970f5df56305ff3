"""Compile the translations: every `<domain>.po` below a locale folder becomes the `.mo` that gettext reads."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from core.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]


def find_catalogues(root: Path = ROOT) -> tuple[Path, ...]:
    """Every catalogue of the core and of the shipped modules."""
    found = [*root.glob("core/locale/*/LC_MESSAGES/*.po"), *root.glob("modules/*/locale/*/LC_MESSAGES/*.po")]
    return tuple(sorted(found))


def compile_catalogues(catalogues: Sequence[Path]) -> Iterator[Path]:
    """Compile each catalogue that is newer than its compiled file; the files that were written.

    Raises ConfigError naming the file and the line where a catalogue cannot be read.
    """
    for catalogue in catalogues:
        compiled = catalogue.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns >= catalogue.stat().st_mtime_ns:
            continue
        try:
            with catalogue.open("rb") as source:
                messages = read_po(source, abort_invalid=True)
        except PoFileError as error:
            raise ConfigError(f"{catalogue}:{error.lineno}: {error}") from error
        with compiled.open("wb") as target:
            write_mo(target, messages)
        yield compiled
