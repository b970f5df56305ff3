"""The only door through which request data enters: names that no handler of the page declares never leave this file."""

import dataclasses
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import cache, partial
from itertools import groupby
from operator import attrgetter
from types import MappingProxyType
from typing import Any, BinaryIO, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from core.errors import FieldError, InputError
from core.input.fields import Source, sent_as
from core.input.values import Count, Secret
from core.sentences import Sentence

T = TypeVar("T")

# What the core itself reads: the CSRF token and the slot that is asked for.
CORE_NAMES = {Source.FORM: frozenset({"csrf_token"}), Source.QUERY: frozenset({"part"})}
LONGEST_NAME = 100
# Where a request holds what came from a source, and the sources of which a name has one value.
_HELD = MappingProxyType(
    {
        Source.PATH: "path",
        Source.QUERY: "query",
        Source.FORM: "form",
        Source.COOKIE: "cookies",
        Source.HEADER: "headers",
        Source.UPLOAD: "uploads",
    }
)
_SINGLE = frozenset({Source.PATH, Source.COOKIE, Source.HEADER})


@dataclasses.dataclass(frozen=True)
class Upload:
    """One uploaded file: the name its sender gave it, the media type its sender claims, its octets and their number."""

    filename: str
    media_type: str
    stream: BinaryIO = dataclasses.field(repr=False)
    size: int


@dataclasses.dataclass(frozen=True)
class Client:
    """What the connection tells of who is asking: address, user agent, and whether the way here is encrypted.

    `languages` is what the browser says of them, `zone` the time zone that it says it is in, if it is one. `asked_here`
    says that a person asked for this on a page of this site or at the browser's own controls: no other site sent them
    here, and no browser fetched it ahead of being asked.
    """

    address: str = "127.0.0.1"
    agent: str = ""
    secure: bool = False
    languages: str = ""
    zone: ZoneInfo | None = None
    asked_here: bool = True


@dataclasses.dataclass(frozen=True)
class ContentHost:
    """That documents and files of messages are shown on a host of their own; both are empty on the site's own host.

    There, addresses of what belongs to the same message begin with `base`, and those of the site's pages with `home`.
    """

    base: str = ""
    home: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class RawRequest:
    """What arrived, before anyone may look at it; `content` where messages have a host of their own.

    One that `knocks` only asks whether it may see the page.
    """

    method: str = "GET"
    path: Mapping[str, str] = dataclasses.field(default_factory=dict)
    query: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    form: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    cookies: Mapping[str, str] = dataclasses.field(default_factory=dict)
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    uploads: Mapping[str, Sequence[Upload]] = dataclasses.field(default_factory=dict)
    client: Client = dataclasses.field(default_factory=Client)
    address: str = "/"
    content: ContentHost | None = None
    knocks: bool = False

    def values(self, source: Source, name: str) -> Sequence[str | Upload]:
        """All values of one name, in the order they were sent."""
        sent: Mapping[str, Any] = getattr(self, _HELD[source])  # Any: one value, or several
        if source in _SINGLE:
            return (sent[name],) if name in sent else ()
        several: Sequence[str | Upload] = sent.get(name, ())
        return several


@cache
def declared(kind: type) -> tuple[tuple[Source, str, Any], ...]:
    """Source, name and type of every field of an inputs class."""
    hints = get_type_hints(kind)
    return tuple((*sent_as(field), hints[field.name]) for field in dataclasses.fields(kind))


class _Field(NamedTuple):
    """One field of an inputs class, as it is read: where a request holds it, and how its text becomes a value."""

    attribute: str
    name: str
    held: str
    is_single: bool
    is_tuple: bool
    may_be_none: bool
    parse: Callable[[Any], object]  # Any: text, or a file
    most: int
    default: object


def read_inputs(kind: type[T], request: RawRequest) -> T:
    """Fill one inputs class from the request, or raise InputError with every field that is wrong."""
    found: dict[str, object] = {}
    wrong: list[FieldError] = []
    for held, is_needed, fields in _groups(kind):  # type: ignore[arg-type]  # a type can be hashed
        sent = getattr(request, held)
        if not sent and not is_needed:
            continue
        for field in fields:
            values: Sequence[Any] = ()  # Any: text, or a file
            if field.name in sent:
                values = (sent[field.name],) if field.is_single else sent[field.name]
            try:
                if values or field.is_tuple:
                    found[field.attribute] = _read(field, values)
                elif field.default is dataclasses.MISSING:
                    raise ValueError(Sentence("is missing"))
            except ValueError as error:
                wrong.append(FieldError(field.name, str(error)))
    if wrong:
        raise InputError(wrong[0].field, wrong[0].reason, *wrong[1:])
    return kind(**found)


def refuse_unknown(kinds: Iterable[type], request: RawRequest, also: Iterable[str] = ()) -> None:
    """Raise InputError for a query argument, form field or upload that no handler of the page declares."""
    if not (request.query or request.form or request.uploads):
        return
    query, form, uploads = _known(tuple(kinds))
    wrong = [
        FieldError(name[:LONGEST_NAME], Sentence("is not a field of this page"))
        for known, sent in ((query, request.query), (form.union(also), request.form), (uploads, request.uploads))
        for name in sent
        if name not in known
    ]
    if wrong:
        raise InputError(wrong[0].field, wrong[0].reason, *wrong[1:20])


def typed_fields(kinds: Iterable[type], request: RawRequest) -> tuple[tuple[str, str], ...]:
    """What a person typed into the declared form fields, secrets left out, to be offered again after an error."""
    names = [
        name
        for kind in kinds
        for source, name, hint in declared(kind)
        if source is Source.FORM and not (isinstance(hint, type) and issubclass(hint, Secret))
    ]
    return tuple((name, value) for name in dict.fromkeys(names) for value in request.form.get(name, ()))


def parse_value(kind: Any, text: str) -> object:
    """One value of a type from text; ValueError says why not. Understands what inputs, settings and options share."""
    return _parser(kind)(text)


def bare(hint: Any) -> Any:
    """The type without `| None`."""
    if get_origin(hint) in (Union, types.UnionType):
        return next(kind for kind in get_args(hint) if kind is not type(None))
    return hint


def _is_tuple(hint: Any) -> bool:
    return get_origin(hint) is tuple


def _fields(kind: type) -> tuple[_Field, ...]:
    """How every field of an inputs class is read."""
    return tuple(
        _Field(
            field.name,
            name,
            _HELD[source],
            source in _SINGLE,
            _is_tuple(hint),
            bare(hint) is not hint,
            _parser_of(source, get_args(hint)[0] if _is_tuple(hint) else bare(hint)),
            field.metadata["most"],
            field.default,
        )
        for field, (source, name, hint) in zip(dataclasses.fields(kind), declared(kind), strict=True)
    )


@cache
def _groups(kind: type) -> tuple[tuple[str, bool, tuple[_Field, ...]], ...]:
    """The fields of an inputs class by where a request holds them, in order, and whether to look where nothing is."""
    return tuple(
        (held, any(field.default is dataclasses.MISSING for field in fields), fields)
        for held, fields in ((held, tuple(fields)) for held, fields in groupby(_fields(kind), attrgetter("held")))
    )


@cache
def _known(kinds: tuple[type, ...]) -> tuple[frozenset[str], ...]:
    """The names that inputs classes and the core itself take of a query, a form and uploads."""
    fields = [(source, name) for kind in kinds for source, name, _ in declared(kind)]
    return tuple(
        CORE_NAMES.get(source, frozenset()).union(name for found, name in fields if found is source)
        for source in (Source.QUERY, Source.FORM, Source.UPLOAD)
    )


def _read(field: _Field, values: Sequence[str | Upload]) -> object:
    if field.is_tuple:
        if len(values) > field.most:
            raise ValueError(Sentence("was sent more than %(most)s times", most=field.most))
        if not values:
            return () if field.default is dataclasses.MISSING else field.default
        return tuple(map(field.parse, values))
    if len(values) > 1:
        raise ValueError(Sentence("was sent more than once"))
    if field.may_be_none and values[0] == "":
        return None
    return field.parse(values[0])


def _parser_of(source: Source, kind: Any) -> Callable[[Any], object]:
    """What makes a value of a type of what comes from a source: a file of an upload, anything of text."""
    return partial(_file, kind) if source is Source.UPLOAD else _parser(kind)


def _file(kind: Any, value: Upload) -> Upload:
    if kind is not Upload:
        raise ValueError(Sentence("is a file where text was expected"))
    return value


@cache
def _parser(kind: Any) -> Callable[[str], object]:
    """What makes a value of a type of a text."""
    if kind is bool:
        return _answer
    if kind is int:
        return lambda text: int(Count.parse(text))
    if kind in (datetime, date):
        return partial(_moment, kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return partial(_member, {str(member.value): member for member in kind})
    parse: Callable[[str], object] = kind.parse
    return parse


def _answer(text: str) -> bool:
    if text.lower() not in ("1", "0", "on", "yes", "no", "true", "false", "off"):
        raise ValueError(Sentence("is neither yes nor no"))
    return text.lower() in ("1", "on", "yes", "true")


def _member(members: Mapping[str, Enum], text: str) -> Enum:
    if text not in members:
        raise ValueError(Sentence("is not one of: %(allowed)s", allowed=", ".join(members)))
    return members[text]


def _moment(kind: Any, text: str) -> object:
    try:
        return kind.fromisoformat(text)
    except ValueError:
        raise ValueError(Sentence("is not a date like 2026-11-30")) from None
