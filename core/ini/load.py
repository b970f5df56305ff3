"""Turn an ini file into config dataclasses, and say everything that is wrong with it at once."""

import dataclasses
import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from core.errors import ConfigError, WiringError
from core.ini.reader import Entry, IniFile, IniSection, Mistake, fold
from core.ini.schema import (
    Option,
    Section,
    is_inline_secret,
    kind_words,
    parse_option,
    parts_of,
    resolve_default,
    show_value,
)
from core.input.values import Text

_LONGEST_QUOTE = 60


@dataclasses.dataclass(frozen=True)
class Effective:
    """An option's value as it counts, and where it came from: `hm3.ini:12` or `default`."""

    section: str
    option: str
    text: str
    source: str


class Mistakes:
    """What is wrong with a configuration so far, and what an admin should know besides."""

    def __init__(self, ini: IniFile) -> None:
        self._ini = ini
        self._found: list[Mistake] = list(ini.mistakes)
        self.warnings: list[str] = []

    def add(self, line: int | None, sentence: str) -> None:
        """Remember a mistake."""
        self._found.append(Mistake(line, sentence))

    def line_of(self, section: str, option: str) -> int | None:
        """Where an option of a section stands, if it does."""
        entry = self._ini.entry(section, option)
        return entry.line if entry else None

    def refuse(self) -> None:
        """Raise ConfigError with every mistake on a line of its own, in the order of the file, if there are any."""
        if self._found:
            ordered = sorted(self._found, key=lambda mistake: (mistake.line is None, mistake.line or 0))
            raise ConfigError("\n".join(self._ini.sentence(mistake) for mistake in ordered))


@dataclasses.dataclass(frozen=True)
class _Value:
    """An option's value with its source, or that it could not be had."""

    option: Option
    value: object
    source: str


def sections_in(ini: IniFile, sections: Iterable[Section]) -> tuple[Section, ...]:
    """The sections as the file has them: of a kind that may stand there several times, each one that does."""
    there: list[Section] = []
    for section in sections:
        start = fold(section.name.removesuffix(section.word)) if section.word else ""
        named = [found.name for name, found in ini.sections.items() if start and name.startswith(start)]
        there.extend(dataclasses.replace(section, name=name) for name in named)
        if not section.word:
            there.append(section)
    return tuple(there)


def read_sections(ini: IniFile, sections: Sequence[Section], mistakes: Mistakes) -> dict[type, object]:
    """Every config dataclass that can be made from the file; what stands in the way of the others is a mistake.

    Of a kind that may stand there several times, it is a tuple of all.
    """
    made: dict[type, object] = {}
    for section in sections:
        values = _values(ini, section, mistakes)
        if values is None:
            continue
        found = ini.sections.get(fold(section.name))
        fields = {value.option.name: value.value for value in values}
        try:
            if not section.word:
                made[section.kind] = section.kind(**fields)
                continue
            fields[section.word] = section.word_kind.parse(section.name.partition(".")[2])
            before = made.get(section.kind, ())
            assert isinstance(before, tuple), "only this function puts something there"
            made[section.kind] = (*before, section.kind(**fields))
        except ValueError as error:
            mistakes.add(_line_of(str(error), section, found), f"[{section.name}] {error}")
    return made


def effective_values(ini: IniFile, sections: Sequence[Section]) -> tuple[Effective, ...]:
    """Every option's value as it counts, secrets hidden. For a configuration without mistakes."""
    return tuple(
        Effective(section.name, option.name, _shown(option, value.value), value.source)
        for section in sections
        for option in section.options
        if (value := _value(ini, section, option, Mistakes(ini))) is not None
    )


def check_names(
    ini: IniFile, sections: Sequence[Section], others: Iterable[str], free: Collection[str], mistakes: Mistakes
) -> None:
    """Refuse sections and options that nobody declares.

    `others` are sections that may stand there unread, of modules that are off; `free` those whose options are not
    settled by a dataclass alone.
    """
    known: dict[str, dict[str, str]] = {}
    for section in sections:
        names = known.setdefault(fold(section.name), {})
        for option in section.options:
            if fold(option.name) in names:
                raise WiringError(f"The option {option.name} of [{section.name}] is declared by two config classes.")
            names[fold(option.name)] = option.name
    unread = {fold(name) for name in others} | {fold(name) for name in free}
    labels = {fold(section.name): section.name for section in sections} | {
        fold(name): name for name in (*others, *free)
    }
    for name, found in ini.sections.items():
        if name not in known and name not in unread and name.partition(".")[0] not in unread:
            hint = nearest(found.name, labels.values())
            mistakes.add(found.line, f"[{found.name}]: there is no such section. {hint}")
        for folded, entry in found.entries.items():
            if name in known and name not in unread and folded not in known[name]:
                hint = nearest(entry.name, known[name].values())
                mistakes.add(entry.line, f"[{found.name}] {entry.name}: there is no such option. {hint}")


def warn_of_own_words(
    ini: IniFile, sections: Sequence[Section], configs: Mapping[type, object], mistakes: Mistakes
) -> None:
    """Warn of what a config itself says in its `warnings`, where its dataclass has such a property."""
    for section in sections:
        held = configs.get(section.kind)
        told = getattr(_one_of(held, section) if isinstance(held, tuple) else held, "warnings", ())
        found = ini.sections.get(fold(section.name))
        place = f"{ini.path}:{found.line}" if found else str(ini.path)
        mistakes.warnings.extend(f"{place}: [{section.name}] {sentence}" for sentence in told)


def warn_of_unread(ini: IniFile, off: Collection[str], mistakes: Mistakes) -> None:
    """Warn of sections that nobody reads because their modules are off: whoever wrote them may think otherwise."""
    names = {fold(name): name for name in off}
    for folded, found in ini.sections.items():
        module = names.get(folded) or names.get(folded.partition(".")[0])
        entry = ini.entry("modules", module) if module else None
        if module and entry is None:
            mistakes.warnings.append(
                f"{ini.path}:{found.line}: [{found.name}] is not read, because module {module} is off. "
                f"Switch it on with [modules] {module} = on."
            )


def guard_readable_secrets(ini: IniFile, sections: Sequence[Section], mistakes: Mistakes) -> None:
    """Refuse a file with a password or token that everyone on the machine reads; warn where only some could."""
    # Of a file that could not be read nothing is known, and its folder may be closed.
    if not ini.sections or not (mode := ini.path.stat().st_mode & 0o077):
        return
    to_all = is_open_to_all(ini.path)
    for section in sections:
        for option in section.options:
            entry = ini.entry(section.name, option.name)
            if entry is not None and is_inline_secret(option.kind, entry.text):
                reach = "read" if mode & 0o044 else "change"
                sentence = (
                    f"[{section.name}] {option.name}: other users of this machine can {reach} this file, and it holds "
                    f"a secret. Say chmod 600 {ini.path}, or keep the secret in a file of its own: "
                    f"{option.name} = file:/path."
                )
                if to_all:
                    mistakes.add(entry.line, sentence)
                else:
                    mistakes.warnings.append(f"{ini.path}:{entry.line}: {sentence}")


def is_open_to_all(path: Path) -> bool:
    """Whether everyone on this machine can read or change a file: it lets them, and so does every folder above it."""
    whole = path.resolve()
    return bool(whole.stat().st_mode & 0o006) and all(folder.stat().st_mode & 0o001 for folder in whole.parents)


def nearest(word: str, names: Iterable[str]) -> str:
    """A sentence that helps on: the name that was meant, or those that there are."""
    there = sorted(set(names))
    folded = {fold(name): name for name in there}
    close = difflib.get_close_matches(fold(word), folded, n=1, cutoff=0.6)
    if close:
        return f"Did you mean {folded[close[0]]}?"
    return f"There are: {', '.join(there)}." if there else "There are none."


def _line_of(sentence: str, section: Section, found: IniSection | None) -> int | None:
    """Where the option stands that a sentence names first of those that are given, else where the section begins."""
    if found is None:
        return None
    known = {option.name for option in section.options}
    named = (word for word in re.findall(r"[a-z_]+", sentence) if word in known)
    given = (found.entries[fold(name)].line for name in named if fold(name) in found.entries)
    return next(given, found.line)


def _values(ini: IniFile, section: Section, mistakes: Mistakes) -> list[_Value] | None:
    values = [_value(ini, section, option, mistakes) for option in section.options]
    whole = [value for value in values if value is not None]
    return whole if len(whole) == len(values) else None


def _value(ini: IniFile, section: Section, option: Option, mistakes: Mistakes) -> _Value | None:
    """The value from the file, else the default; None after telling a mistake."""
    entry = ini.entry(section.name, option.name)
    where = f"[{section.name}] {option.name}"
    if entry is None:
        if not option.required:
            return _Value(option, resolve_default(option.default, ini.folder), "default")
        found = ini.sections.get(fold(section.name))
        mistakes.add(
            found.line if found else None,
            f"{where}: this option is missing and has no default. It takes {kind_words(option.kind)}.",
        )
        return None
    try:
        if "\n" in entry.text and not _may_span_lines(option):
            raise ValueError("goes over several lines, where one is expected")
        value = parse_option(option.kind, entry.text, ini.folder)
    except ValueError as error:
        mistakes.add(
            entry.line, f"{where}: {_quoted(option, entry, ini.folder)} {error}. It takes {kind_words(option.kind)}."
        )
        return None
    return _Value(option, value, f"{ini.path}:{entry.line}")


def _one_of(held: tuple[object, ...], section: Section) -> object:
    """Which of several was read from this section."""
    word = fold(section.name.partition(".")[2])
    return next((one for one in held if fold(str(getattr(one, section.word))) == word), None)


def _may_span_lines(option: Option) -> bool:
    return hasattr(option.kind, "__args__") or (isinstance(option.kind, type) and issubclass(option.kind, Text))


def _quoted(option: Option, entry: Entry, folder: Path) -> str:
    """What is wrong, in quotes: of several values, the first that is."""
    if option.secret:
        return "the value"
    wrong = (part for part in parts_of(option.kind, entry.text) if not _is_right(option.kind, part, folder))
    text = " ".join(next(wrong, entry.text).split())
    return f'"{text[:_LONGEST_QUOTE]}"' if text else "the value"


def _is_right(kind: Any, text: str, folder: Path) -> bool:  # Any: as parse_option takes it
    try:
        parse_option(kind, text, folder)
    except ValueError:
        return False
    return True


def _shown(option: Option, value: object) -> str:
    if option.secret:
        return "(hidden)" if value else ""
    return show_value(value)
