"""How a handler declares what it accepts: a frozen dataclass whose fields name their source in the request."""

import dataclasses
from enum import Enum
from typing import Any, TypeVar, dataclass_transform

from core.errors import WiringError

T = TypeVar("T")

# The mark by which the core knows inputs: what is made from them has it from itself, not from them.
IS_INPUTS = "__is_inputs__"
# What modules may see of a request's headers.
HEADERS = ("accept-language", "authorization", "last-event-id", "user-agent", "x-hm3-background")


class Source(Enum):
    """Where in the request a field is read from."""

    PATH = "path"
    QUERY = "query"
    FORM = "form"
    COOKIE = "cookie"
    HEADER = "header"
    UPLOAD = "upload"


# Any: the field specifiers stand where a value of the field's own type is declared, as dataclasses.field does.
def path(default: Any = dataclasses.MISSING, *, called: str = "") -> Any:
    """A part of the address's path; with a default it may stand on pages whose address has no such part."""
    return _field(Source.PATH, default, called=called)


def query(default: Any = dataclasses.MISSING, *, most: int = 1000, called: str = "") -> Any:
    """An argument of the query string; a tuple takes at most `most` of them. `called` is its name there."""
    return _field(Source.QUERY, default, most=most, called=called)


def form(default: Any = dataclasses.MISSING, *, most: int = 1000, called: str = "") -> Any:
    """A field of a submitted form; a tuple takes at most `most` of them. `called` is its name there, if another one."""
    return _field(Source.FORM, default, most=most, called=called)


def cookie(default: Any = dataclasses.MISSING) -> Any:
    """What `Session.leave_with_browser` left under this name."""
    return _field(Source.COOKIE, default)


def header(name: str, default: Any = dataclasses.MISSING) -> Any:
    """A request header by its name."""
    if name.lower() not in HEADERS:
        raise WiringError(f"header({name!r}) is none that is read; there are: {', '.join(HEADERS)}.")
    return _field(Source.HEADER, default, called=name.lower())


def upload(default: Any = dataclasses.MISSING, *, most: int = 100) -> Any:
    """An uploaded file, or with a tuple several of one name."""
    return _field(Source.UPLOAD, default, most=most)


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(path, query, form, cookie, header, upload)
)
def inputs(cls: type[T]) -> type[T]:
    """Turn a class into a frozen dataclass that the core fills from a request."""
    made = dataclasses.dataclass(frozen=True, kw_only=True)(cls)
    declared: Any = made  # Any: a dataclass by now, which its type does not say
    for field in dataclasses.fields(declared):
        if "source" not in field.metadata:
            raise WiringError(
                f"{cls.__name__}.{field.name} does not say what it is read from. Give it path(), query(), form(), "
                "upload(), header() or cookie(), under @inputs alone: that makes the dataclass."
            )
    setattr(made, IS_INPUTS, True)
    return made


def is_inputs(kind: object) -> bool:
    """Whether a type was declared with `@inputs`."""
    return isinstance(kind, type) and IS_INPUTS in kind.__dict__


def sent_as(field: "dataclasses.Field[Any]") -> tuple[Source, str]:
    """The source of a field and its name there."""
    return field.metadata["source"], field.metadata["called"] or field.name


def _field(source: Source, default: Any, *, called: str = "", most: int = 1) -> Any:
    return dataclasses.field(default=default, metadata={"source": source, "called": called, "most": most})
