"""The only door through which request data enters: names that no handler of the page declares never leave this file."""

import dataclasses
import types
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, BinaryIO, TypeVar, Union, get_args, get_origin, get_type_hints

from core.errors import FieldError, InputError
from core.input.fields import Source, sent_as
from core.input.values import Count, Secret
from core.sentences import Sentence

T = TypeVar("T")

# What the core itself reads: the CSRF token and the slot that is asked for.
CORE_NAMES = {Source.FORM: frozenset({"csrf_token"}), Source.QUERY: frozenset({"part"})}
LONGEST_NAME = 100


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

    `languages` is what the browser says of them. `asked_here` says that a person asked for this on a page of this site
    or at the browser's own controls: no other site sent them here, and no browser fetched it ahead of being asked.
    """

    address: str = "127.0.0.1"
    agent: str = ""
    secure: bool = False
    languages: str = ""
    asked_here: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class RawRequest:
    """What arrived, before anyone may look at it."""

    method: str = "GET"
    path: Mapping[str, str] = dataclasses.field(default_factory=dict)
    query: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    form: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    cookies: Mapping[str, str] = dataclasses.field(default_factory=dict)
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    uploads: Mapping[str, Sequence[Upload]] = dataclasses.field(default_factory=dict)
    client: Client = dataclasses.field(default_factory=Client)
    address: str = "/"

    def values(self, source: Source, name: str) -> Sequence[str | Upload]:
        """All values of one name, in the order they were sent."""
        if source is Source.UPLOAD:
            return self.uploads.get(name, ())
        if source in (Source.QUERY, Source.FORM):
            return (self.query if source is Source.QUERY else self.form).get(name, ())
        single = {Source.PATH: self.path, Source.COOKIE: self.cookies, Source.HEADER: self.headers}[source]
        return (single[name],) if name in single else ()


@cache
def declared(kind: type) -> tuple[tuple[Source, str, Any], ...]:
    """Source, name and type of every field of an inputs class."""
    hints = get_type_hints(kind)
    return tuple((*sent_as(field), hints[field.name]) for field in dataclasses.fields(kind))


def read_inputs(kind: type[T], request: RawRequest) -> T:
    """Fill one inputs class from the request, or raise InputError with every field that is wrong."""
    found: dict[str, object] = {}
    wrong: list[FieldError] = []
    for field, (source, name, hint) in zip(dataclasses.fields(kind), declared(kind), strict=True):  # type: ignore[arg-type]  # an inputs class is a dataclass
        values = request.values(source, name)
        try:
            if values or _is_tuple(hint):
                found[field.name] = _read(hint, values, field.metadata["most"], field.default)
            elif field.default is dataclasses.MISSING:
                raise ValueError(Sentence("is missing"))
        except ValueError as error:
            wrong.append(FieldError(name, str(error)))
    if wrong:
        raise InputError(wrong[0].field, wrong[0].reason, *wrong[1:])
    return kind(**found)


def refuse_unknown(kinds: Iterable[type], request: RawRequest, also: Iterable[str] = ()) -> None:
    """Raise InputError for a query argument, form field or upload that no handler of the page declares."""
    known = {source: set(names) for source, names in CORE_NAMES.items()}
    known.setdefault(Source.UPLOAD, set())
    known[Source.FORM].update(also)
    for kind in kinds:
        for source, name, _ in declared(kind):
            known.setdefault(source, set()).add(name)
    wrong = [
        FieldError(name[:LONGEST_NAME], Sentence("is not a field of this page"))
        for source, sent in (
            (Source.QUERY, request.query),
            (Source.FORM, request.form),
            (Source.UPLOAD, request.uploads),
        )
        for name in sent
        if name not in known[source]
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
    if kind is bool:
        if text.lower() not in ("1", "0", "on", "yes", "no", "true", "false", "off"):
            raise ValueError(Sentence("is neither yes nor no"))
        return text.lower() in ("1", "on", "yes", "true")
    if kind is int:
        return int(Count.parse(text))
    if kind in (datetime, date):
        return _moment(kind, text)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _member(kind, text)
    return kind.parse(text)


def bare(hint: Any) -> Any:
    """The type without `| None`."""
    if get_origin(hint) in (Union, types.UnionType):
        return next(kind for kind in get_args(hint) if kind is not type(None))
    return hint


def _is_tuple(hint: Any) -> bool:
    return get_origin(hint) is tuple


def _read(hint: Any, values: Sequence[str | Upload], most: int, default: object) -> object:
    if _is_tuple(hint):
        if len(values) > most:
            raise ValueError(Sentence("was sent more than %(most)s times", most=most))
        if not values:
            return () if default is dataclasses.MISSING else default
        return tuple(_one(get_args(hint)[0], value) for value in values)
    if len(values) > 1:
        raise ValueError(Sentence("was sent more than once"))
    if values[0] == "" and bare(hint) is not hint:
        return None
    return _one(bare(hint), values[0])


def _one(kind: Any, value: str | Upload) -> object:
    if isinstance(value, Upload):
        if kind is not Upload:
            raise ValueError(Sentence("is a file where text was expected"))
        return value
    return parse_value(kind, value)


def _member(kind: type[Enum], text: str) -> Enum:
    for member in kind:
        if str(member.value) == text:
            return member
    allowed = ", ".join(str(member.value) for member in kind)
    raise ValueError(Sentence("is not one of: %(allowed)s", allowed=allowed))


def _moment(kind: Any, text: str) -> object:
    try:
        return kind.fromisoformat(text)
    except ValueError:
        raise ValueError(Sentence("is not a date like 2026-11-30")) from None
