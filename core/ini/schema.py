"""What a config dataclass says of its section of hm3.ini: names, types, defaults and help of its options."""

import dataclasses
import os
import stat
from collections.abc import Callable
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from core.declaring import check_default
from core.errors import WiringError
from core.ini.values import Size, parse_span, show_size, show_span
from core.input.reading import bare, parse_value
from core.input.values import Count, Secret

_LONGEST_SECRET_FILE = 65536


# Any: the specifier stands where a value of the field's own type is declared, as dataclasses.field does.
def option(default: Any = dataclasses.MISSING, *, help: str, secret: bool = False) -> Any:
    """One option of a section: its default (none means that it must be given) and what it is for.

    A `secret` is never shown, whatever its type; options of the type Secret are secret anyway.
    """
    return dataclasses.field(default=default, metadata={"help": help, "secret": secret})


# Any: as above.
def section_word() -> Any:
    """The word after the dot in the section's name, for a dataclass of which hm3.ini may hold several."""
    return dataclasses.field(metadata={"word": True})


@dataclasses.dataclass(frozen=True)
class Option:
    """One option as hm3.ini knows it. A default of MISSING means that it must be given."""

    name: str
    kind: Any  # Any: a type or an annotation such as tuple[Line, ...] or Path | None.
    default: object
    help: str
    secret: bool

    @property
    def required(self) -> bool:
        """Whether hm3.ini must give it."""
        return self.default is dataclasses.MISSING


@dataclasses.dataclass(frozen=True)
class Section:
    """One section of hm3.ini, and the dataclass that it is read into.

    Where there may be several for one dataclass, the name is `word.name`, and `word` is the field for what follows the
    dot.
    """

    name: str
    kind: type
    help: str
    options: tuple[Option, ...]
    word: str = ""
    word_kind: Any = None  # Any: a type that parses itself, as the field declares it.


def section_of(name: str, kind: type) -> Section:
    """The section that a config dataclass describes. Raises WiringError where the class is not fit for that."""
    if not dataclasses.is_dataclass(kind):
        raise WiringError(f"The config {kind.__qualname__} of section [{name}] is not a dataclass.")
    if not getattr(kind, "__dataclass_params__").frozen:  # noqa: B009  # typeshed hides it
        raise WiringError(f"The config {kind.__qualname__} of section [{name}] can be changed. Make it frozen=True.")
    hints = get_type_hints(kind)
    options, word = [], ""
    for field in dataclasses.fields(kind):
        if field.metadata.get("word"):
            word = field.name
            continue
        if "help" not in field.metadata:
            raise WiringError(
                f"{kind.__qualname__}.{field.name} of section [{name}] says no help; declare it with option(help=...)."
            )
        hint = hints[field.name]
        what = f"{kind.__qualname__}.{field.name} of section [{name}]"
        if not _is_readable(_innermost(hint)):
            raise WiringError(
                f"{what} is a {getattr(hint, '__name__', hint)}, which cannot be read from text. Use a type with "
                "parse, such as Line, or bool, int, an Enum, Size, timedelta, Path, Secret, or tuple[...] of one."
            )
        check_default(what, hint, field.default)
        secret = field.metadata["secret"] or _innermost(hint) is Secret
        options.append(Option(field.name, hint, field.default, field.metadata["help"], secret))
    called = f"{name}.{word}" if word else name
    return Section(called, kind, " ".join((kind.__doc__ or "").split()), tuple(options), word, hints.get(word))


def is_named(kind: type) -> bool:
    """Whether hm3.ini may hold several sections of a config dataclass, each with a name of its own."""
    return any(field.metadata.get("word") for field in dataclasses.fields(kind))


def parse_option(kind: Any, text: str, folder: Path) -> object:
    """The value of an option from its text; ValueError says why not. Relative paths start at `folder`."""
    if bare(kind) is not kind:
        return None if text == "" else parse_option(bare(kind), text, folder)
    if get_origin(kind) is tuple:
        return tuple(parse_option(get_args(kind)[0], part, folder) for part in parts_of(kind, text))
    if text == "" and kind is not Secret:
        raise ValueError("is empty")
    if kind is Path:
        return _path(text, folder)
    if kind is timedelta:
        return parse_span(text)
    if kind is Secret:
        return _secret(text, folder)
    return parse_value(kind, text)


def parts_of(kind: Any, text: str) -> tuple[str, ...]:
    """The values of an option that takes several, with commas between or one on a line; else the one there is."""
    if get_origin(bare(kind)) is not tuple:
        return (text,)
    return tuple(part.strip() for part in text.replace("\n", ",").split(",") if part.strip())


def resolve_default(default: object, folder: Path) -> object:
    """A default as it counts for an ini file in `folder`: paths become absolute."""
    if isinstance(default, Path):
        return folder / default
    if isinstance(default, tuple):
        return tuple(resolve_default(part, folder) for part in default)
    return default


def is_inline_secret(kind: Any, text: str) -> bool:
    """Whether a value holds a password or token itself, instead of naming the file or variable that does."""
    return _innermost(kind) is Secret and text != "" and not text.startswith(("file:", "env:"))


def show_value(value: object) -> str:
    """A value as an admin would write it in hm3.ini."""
    if value is None or value is dataclasses.MISSING:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(show_value(part) for part in value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, timedelta):
        return show_span(value)
    return show_size(value) if isinstance(value, Size) else str(value)


def kind_words(kind: Any) -> str:
    """What a value of a type looks like, in words: `a whole number from 1 to 65535`."""
    if bare(kind) is not kind:
        return f"{kind_words(bare(kind))}, or nothing"
    if get_origin(kind) is tuple:
        return f"any number of these, with commas between: {kind_words(get_args(kind)[0])}"
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "one of: " + ", ".join(str(member.value) for member in kind)
    for known, words in _WORDS:
        if issubclass(kind, known):
            return words(kind)
    first = str(kind.__doc__ or kind.__name__).strip().partition("\n")[0].partition(": ")[0].strip().rstrip(".")
    return first[:1].lower() + first[1:]


def _is_readable(kind: Any) -> bool:  # Any: as above
    if not isinstance(kind, type):
        return False
    return kind in (bool, int, Path, timedelta) or issubclass(kind, Enum) or callable(getattr(kind, "parse", None))


def _count_words(kind: type[Count]) -> str:
    return f"a whole number from {kind.least} to {kind.most}"


def _size_words(kind: type[Size]) -> str:
    return f"a size like 25 MB, at most {show_size(kind.most)}"


# Any: each function takes the subclasses of the type it stands beside. Subclasses stand before what they derive from.
_WORDS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda kind: "yes or no"),
    (Size, _size_words),
    (Count, _count_words),
    (int, lambda kind: f"a whole number from 0 to {Count.most}"),
    (timedelta, lambda kind: "a time like 30 s, 5 min, 2 h or 1 d"),
    (Path, lambda kind: "a path; a relative one starts at the folder of hm3.ini"),
    (Secret, lambda kind: "a secret, or file:/path or env:VARIABLE to keep it out of this file"),
)


def _innermost(kind: Any) -> Any:
    inner = bare(kind)
    return get_args(inner)[0] if get_origin(inner) is tuple else inner


def _path(text: str, folder: Path) -> Path:
    if any(ord(character) < 32 for character in text):
        raise ValueError("is not a path: it holds control characters")
    try:
        return folder / Path(text).expanduser()
    except RuntimeError:
        raise ValueError("names the home folder of a user that is not there") from None


def _secret(text: str, folder: Path) -> Secret:
    if text.startswith("env:"):
        name = text.removeprefix("env:")
        if not os.environ.get(name):
            how = "empty" if name in os.environ else "not set"
            raise ValueError(f"names the environment variable {name}, which is {how}")
        return Secret.parse(os.environ[name])
    if not text.startswith("file:"):
        return Secret.parse(text)
    path = _path(text.removeprefix("file:"), folder)
    try:
        with path.open(encoding="utf-8") as file:
            is_public = os.fstat(file.fileno()).st_mode & stat.S_IROTH
            held = file.read(_LONGEST_SECRET_FILE)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ValueError(f"names the file {path}, which cannot be read: {reason}") from error
    if is_public:
        raise ValueError(f"names the file {path}, which everyone on this machine can read: say chmod o-r {path}")
    if not held.strip():
        raise ValueError(f"names the file {path}, which is empty")
    return Secret.parse(held.rstrip("\r\n"))
