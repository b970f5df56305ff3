"""Read an ini file strictly and remember its lines, so that every mistake can be told with its place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

LARGEST_FILE = 1_000_000  # octets
_HEADER = re.compile(r"\[([^\[\]]*)\]\s*([#;].*)?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@+-]*", re.ASCII)


@dataclass(frozen=True)
class Mistake:
    """Something in the file that is wrong: the line, where one is known, and a sentence."""

    line: int | None
    sentence: str


@dataclass(frozen=True)
class Entry:
    """One option as it stands in the file. `name` is as it was written."""

    name: str
    text: str
    line: int


@dataclass(frozen=True)
class IniSection:
    """One section as it stands in the file, its entries by their folded names."""

    name: str
    line: int
    entries: dict[str, Entry] = field(default_factory=dict)


@dataclass(frozen=True)
class IniFile:
    """What an ini file says: sections by their folded names, and what in it could not be read."""

    path: Path
    exists: bool
    sections: Mapping[str, IniSection]
    mistakes: tuple[Mistake, ...] = ()

    @property
    def folder(self) -> Path:
        """Where relative paths in the file start: the absolute folder that the file is in."""
        return self.path.absolute().parent

    def entry(self, section: str, option: str) -> Entry | None:
        """An option of a section, in any spelling of the two names."""
        found = self.sections.get(fold(section))
        return found.entries.get(fold(option)) if found else None

    def sentence(self, mistake: Mistake) -> str:
        """A mistake with the file and the line."""
        place = f"{self.path}:{mistake.line}" if mistake.line else str(self.path)
        return f"{place}: {mistake.sentence}"


def fold(name: str) -> str:
    """A section or option name in its one spelling: lower case, and underscores for dashes."""
    return name.strip().lower().replace("-", "_")


def read_ini(path: Path) -> IniFile:
    """The file's sections and mistakes. A file that is not there is empty; one that cannot be read is a mistake."""
    try:
        with path.open("rb") as file:
            octets = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        return IniFile(path, False, {})
    except OSError as error:
        return IniFile(path, True, {}, (Mistake(None, f"the file cannot be read: {error.strerror}."),))
    if len(octets) > LARGEST_FILE:
        return IniFile(path, True, {}, (Mistake(None, f"the file is larger than {LARGEST_FILE} octets."),))
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        return IniFile(path, True, {}, (Mistake(line, "the line is not UTF-8. Save the file as UTF-8."),))
    reading = _Reading()
    for number, line_text in enumerate(_lines(text), start=1):
        reading.take(number, line_text)
    reading.finish()
    return IniFile(path, True, reading.sections, tuple(reading.mistakes))


def _lines(text: str) -> Iterator[str]:
    # Not splitlines(): form feeds and Unicode line separators do not end a line in an editor's count.
    return (line.removesuffix("\r") for line in text.split("\n"))


class _Reading:
    """The state of a reader between two lines."""

    def __init__(self) -> None:
        self.sections: dict[str, IniSection] = {}
        self.mistakes: list[Mistake] = []
        self._section: IniSection | None = None
        self._open: Entry | None = None
        self._skipping = False

    def take(self, number: int, line: str) -> None:
        """Read the next line."""
        words = line.strip()
        if words.startswith(("#", ";")):
            return
        if not words:
            self.finish()
        elif any(ord(character) < 32 and character != "\t" for character in line):
            self._wrong(number, "the line holds control characters.")
        elif line[0] in " \t":
            self._continue(number, words)
        elif words.startswith("["):
            self._begin_section(number, words)
        else:
            self._begin_entry(number, words)

    def finish(self) -> None:
        """Keep the entry that was being read."""
        if self._open is not None and self._section is not None:
            self._section.entries[fold(self._open.name)] = self._open
        self._open = None

    def _wrong(self, number: int, sentence: str) -> None:
        self.mistakes.append(Mistake(number, sentence))

    def _continue(self, number: int, words: str) -> None:
        if self._open is not None:
            text = f"{self._open.text}\n{words}" if self._open.text else words
            self._open = Entry(self._open.name, text, self._open.line)
        elif not self._skipping:
            self._wrong(
                number,
                "the line is indented, but there is no option above it that it could continue. "
                "Take away the space before it.",
            )

    def _begin_section(self, number: int, words: str) -> None:
        self.finish()
        self._skipping = True
        self._section = None
        match = _HEADER.fullmatch(words)
        name = match[1].strip() if match else ""
        if not _NAME.fullmatch(name):
            self._wrong(number, f"{words[:60]} is not a section. Write its name in brackets, as in [app].")
        elif fold(name) in self.sections:
            first = self.sections[fold(name)].line
            self._wrong(number, f"[{name}] stands here again; it began in line {first}. Join the two.")
        else:
            self._section = self.sections[fold(name)] = IniSection(name, number)
            self._skipping = False

    def _begin_entry(self, number: int, words: str) -> None:
        self.finish()
        name, equals, text = (part.strip() for part in words.partition("="))
        if self._section is None:
            if not self.sections and not self._skipping:
                self._wrong(number, "the line stands before the first section. Put it below a line such as [app].")
                self._skipping = True
            return
        self._skipping = True
        if not equals or not _NAME.fullmatch(name):
            # Only the first word is told: what follows may be a password.
            word = re.split(r"[\s:]", name, maxsplit=1)[0][:60]
            self._wrong(number, f"[{self._section.name}] {word or '='} is not an option. Write: option = value.")
        elif (before := self._section.entries.get(fold(name))) is not None:
            where = f"[{self._section.name}] {name}"
            self._wrong(number, f"{where}: this option stands here again; it was given in line {before.line}.")
        else:
            self._skipping = False
            self._open = Entry(name, text, number)
