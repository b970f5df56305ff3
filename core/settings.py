"""What a user may choose: settings dataclasses, where they are kept, and the form that changes one section."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, Generic, Protocol, TypeVar, get_type_hints

from core.errors import FieldError, InputError, NotFound
from core.input.fields import Source
from core.input.reading import RawRequest, parse_value
from core.input.values import Count, Line, Text
from core.sentences import Sentence

T = TypeVar("T")


# Any: the specifier stands where a value of the field's own type is declared, as dataclasses.field does.
def setting(
    default: Any,
    *,
    label: str,
    help: str = "",
    choices: "Callable[[], Sequence[tuple[str, str]]] | None" = None,
    hidden: bool = False,
) -> Any:
    """One setting: its default, the words beside it, and for open types the values to choose from."""
    return dataclasses.field(
        default=default, metadata={"label": label, "help": help, "choices": choices, "hidden": hidden}
    )


@dataclass(frozen=True)
class Owner:
    """Whose settings they are, and the key that opens them; None where it is not at hand."""

    name: str
    key: bytes | None = dataclasses.field(default=None, repr=False)


Sections = Callable[[str], Mapping[str, object]]


class SettingsStore(Protocol):
    """Where settings are kept, as JSON values by user and section."""

    def sections(self, owner: Owner) -> Sections:
        """What the user has chosen by now, by section; empty where nothing was chosen."""
        ...

    def save(self, owner: Owner, section: str, values: Mapping[str, object]) -> None:
        """Keep what the user chose in a section. Raises Conflict where their key is not at hand."""
        ...


class NoSettings:
    """A store that keeps nothing: every setting has its default."""

    def sections(self, owner: Owner) -> Sections:
        """Nothing was chosen."""
        return lambda section: {}

    def save(self, owner: Owner, section: str, values: Mapping[str, object]) -> None:
        """Refuse, since nothing could be kept."""
        raise NotFound(Sentence("Settings are not kept here."))


@dataclass(frozen=True)
class SettingsField:
    """One setting as the settings page shows it; `now` is what its first choice stands for at this moment, if told."""

    name: str
    label: str
    help: str
    kind: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    error: str = ""
    now: str = ""


@dataclass(frozen=True)
class SettingsSection:
    """One settings dataclass as the settings page shows it."""

    name: str
    title: str
    help: str
    fields: tuple[SettingsField, ...]


@dataclass(frozen=True)
class SubmittedSettings(Generic[T]):
    """One section of settings as a person just chose it, checked. Handlers ask for it by this type."""

    section: str
    value: T


def section_name(kind: type) -> str:
    """The name of a settings section: the class name without `Settings`, in lower case with hyphens."""
    return _section_named(kind.__name__)


@cache
def _by_section(kinds: tuple[type, ...]) -> Mapping[str, type]:
    """Settings types by the names of their sections."""
    return {section_name(kind): kind for kind in kinds}


@cache
def _section_named(kind: str) -> str:
    hyphened = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind)
    return hyphened.strip("-").removesuffix("-settings")


@cache
def _hints(kind: type) -> Mapping[str, Any]:  # Any: a type, or what stands for several.
    """The types of all fields, by name."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def load_settings(kind: type[T], chosen: Mapping[str, object]) -> T:
    """Settings from what is stored; what no longer fits has its default again."""
    known: type = kind
    values: dict[str, object] = {}
    for name, hint in _hints(known).items():
        if name not in chosen:
            continue
        try:
            values[name] = parse_value(hint, str(chosen[name]))
        except ValueError:
            continue
    return kind(**values)


def stored_values(settings: object) -> dict[str, object]:
    """Settings as JSON values."""
    return {field.name: as_text(getattr(settings, field.name)) for field in dataclasses.fields(settings)}  # type: ignore[arg-type]  # a settings type is a dataclass


def as_text(value: object) -> str:
    """A setting's value as a form field holds it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value.value) if isinstance(value, Enum) else str(value)


def read_settings_form(kind: type[T], request: RawRequest, now: T) -> T:
    """A section from its submitted form; what is hidden or was not sent stays as it is `now`.

    A box sends a 1 after a hidden 0 when it is ticked, else the 0 alone. Raises InputError with every bad field.
    """
    known: type = kind
    hints, values = _hints(known), dict[str, object]()
    wrong: list[FieldError] = []
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]  # a settings type is a dataclass
        sent = request.form.get(field.name, ())
        if field.metadata["hidden"] or not sent:
            values[field.name] = getattr(now, field.name)
            continue
        if len(sent) > 1 and not (hints[field.name] is bool and set(sent) <= {"0", "1"}):
            wrong.append(FieldError(field.name, Sentence("was sent more than once")))
            continue
        try:
            values[field.name] = _checked(parse_value(hints[field.name], sent[-1]), field)
        except ValueError as error:
            wrong.append(FieldError(field.name, str(error)))
    if wrong:
        raise InputError(wrong[0].field, wrong[0].reason, *wrong[1:])
    return kind(**values)


def describe_section(kind: type, value: object) -> SettingsSection:
    """A section as the settings page shows it, with the values chosen now."""
    hints = _hints(kind)
    fields = tuple(
        SettingsField(
            field.name,
            field.metadata["label"],
            field.metadata["help"],
            _widget(hints[field.name], field),
            as_text(getattr(value, field.name)),
            _choices(hints[field.name], field),
        )
        for field in dataclasses.fields(kind)
        if not field.metadata["hidden"]
    )
    title, _, rest = (kind.__doc__ or kind.__name__).strip().partition("\n")
    return SettingsSection(section_name(kind), title.rstrip("."), " ".join(rest.split()), fields)


class UserSettings:
    """One user's settings of every kind, for the settings page and for handlers that change some."""

    def __init__(self, kinds: Sequence[type], store: SettingsStore, owner: Owner | None) -> None:
        self._kinds = _by_section(tuple(kinds))
        self._store = store
        self.owner = owner
        self._read: dict[type, object] = {}
        self._sections: Sections | None = None

    def get(self, kind: type[T]) -> T:
        """The user's settings of one kind; the defaults where nobody is logged in."""
        if kind not in self._read:
            # A page wants several sections: they come by one question.
            sections = self._sections or self._ask()
            chosen = sections(section_name(kind))
            self._read[kind] = load_settings(kind, chosen) if chosen else kind()
        return self._read[kind]  # type: ignore[return-value]  # kept under its own type

    def of(self, user: str, key: bytes | None) -> "UserSettings":
        """The settings of another user, such as one who just logged in, with their data key where it is at hand."""
        return UserSettings(tuple(self._kinds.values()), self._store, Owner(user, key))

    def _ask(self) -> Sections:
        self._sections = self._store.sections(self.owner) if self.owner is not None else lambda section: {}
        return self._sections

    def put(self, value: object) -> None:
        """Keep settings for the next requests."""
        if self.owner is None:
            raise NotFound(Sentence("Nobody is logged in whose settings these could be."))
        self._store.save(self.owner, section_name(type(value)), stored_values(value))
        self._read[type(value)] = value

    def sections(self) -> tuple[SettingsSection, ...]:
        """Every section with something to choose, as the settings page shows it."""
        described = (describe_section(kind, self.get(kind)) for kind in self._kinds.values())
        return tuple(section for section in described if section.fields)

    def submitted(self, request: RawRequest) -> SubmittedSettings[Any]:
        """The section that a form on this request's path changes. Raises NotFound and InputError."""
        name = str(next(iter(request.values(Source.PATH, "section")), ""))
        kind = self._kinds.get(name)
        if kind is None or all(field.metadata["hidden"] for field in dataclasses.fields(kind)):
            raise NotFound(Sentence("There are no such settings."))
        return SubmittedSettings(name, read_settings_form(kind, request, self.get(kind)))

    def names(self) -> frozenset[str]:
        """The names of all settings fields."""
        return frozenset(field.name for kind in self._kinds.values() for field in dataclasses.fields(kind))


def _checked(value: object, field: "dataclasses.Field[Any]") -> object:
    choices = field.metadata["choices"]
    if choices is not None and as_text(value) not in {name for name, _ in choices()}:
        raise ValueError(Sentence("is not one of the choices"))
    return value


def _widget(hint: Any, field: "dataclasses.Field[Any]") -> str:
    if field.metadata["choices"] is not None:
        return "search-choice" if len(field.metadata["choices"]()) > 12 else "choice"
    if hint is bool:
        return "yesno"
    if issubclass(hint, Enum):
        return "choice"
    if issubclass(hint, Text):
        return "text"
    return "number" if issubclass(hint, Count) else "line"


def _choices(hint: Any, field: "dataclasses.Field[Any]") -> tuple[tuple[str, str], ...]:
    if field.metadata["choices"] is not None:
        return tuple(field.metadata["choices"]())
    if isinstance(hint, type) and issubclass(hint, Enum):
        return tuple((str(member.value), getattr(member, "label", str(member.value).capitalize())) for member in hint)
    return ()


class Theme(Enum):
    """The colours of the site."""

    AUTOMATIC = "automatic"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"

    @property
    def label(self) -> str:
        """What people read."""
        return {"automatic": "As my device", "contrast": "High contrast"}.get(self.value, self.value.capitalize())


class Density(Enum):
    """How much room rows take."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


class Language(Line):
    """A language's tag, such as en or pt-BR."""

    __slots__ = ()
    longest = 12


class TimeZone(Line):
    """A time zone's name in the IANA database, such as Europe/Berlin, or `browser` for that of the browser."""

    __slots__ = ()
    longest = 64
