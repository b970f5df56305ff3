"""Outputs: pure functions from results to fragments, placed in named slots; and the other answers a page can give."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

from core.output.live import Outlet

V = TypeVar("V")


@dataclass(frozen=True, eq=False)
class Slot(Generic[V]):
    """A named region of a page. Every output placed in it may rely on the result it `offers`.

    A slot that offers nothing shows an output on every page that has all the output needs.
    """

    name: str
    offers: type[V] | None = None


@dataclass(frozen=True, eq=False)
class DataSlot:
    """Where a page's JSON answer goes. Its output returns a dataclass: the declared fields are all that leaves."""

    name: str


@dataclass(frozen=True, eq=False)
class StreamSlot:
    """Where a page's file goes. Its output returns a Stream."""

    name: str


AnySlot = Slot[object] | DataSlot | StreamSlot


class Format(Enum):
    """What the browser asked for."""

    HTML = "html"
    JSON = "json"


@dataclass(frozen=True)
class Wanted:
    """The format that was asked for and, for HTML, the one slot that is wanted instead of the whole page."""

    format: Format = Format.HTML
    part: str | None = None


@dataclass(frozen=True)
class Fragment:
    """A template and the typed values it shows. Only the renderer turns it into HTML."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    title: str = ""

    @classmethod
    def of(cls, template: str, **values: object) -> "Fragment":
        """A fragment without a title."""
        return cls(template, values)

    @classmethod
    def titled(cls, template: str, title: str, **values: object) -> "Fragment":
        """A page's body with the title its document gets."""
        return cls(template, values, title)


@dataclass(frozen=True)
class Stream:
    """Octets for the browser, in chunks; `size` in octets where it is known.

    One that goes on after the request names who `takes` the browser's connection once the chunks, one at least, are
    sent.
    """

    chunks: Iterator[bytes] = field(repr=False)
    media_type: str = "application/octet-stream"
    filename: str = ""
    size: int | None = None
    inline: bool = False
    takes: Callable[[Outlet], None] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Undo:
    """How to take an action back: the form that would do it."""

    path: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Notice:
    """A sentence shown once on the next page, and how to take back what it speaks of."""

    text: str
    kind: str = "done"
    undo: Undo | None = None


@dataclass(frozen=True)
class Redirect:
    """See other: the answer of every successful POST.

    Scripts get the location and, if there is one, what was `told`; people find the `notice` on the next page.
    """

    location: str
    told: object | None = None
    notice: Notice | None = None


class Policy(Enum):
    """Which content security policy a page is sent under: `AWAY` is for pages whose links lead away from the site."""

    APP = "app"
    AWAY = "away"
    MAIL = "mail"
    FILE = "file"


class Rate(Enum):
    """Which bound on requests a page counts against."""

    GENERAL = "general"
    LOGIN = "login"
    # Logins that somebody else checks passwords for: no name is tried here, so attempts are counted by address alone.
    ELSEWHERE = "elsewhere"
    SEND = "send"
    UPLOAD = "upload"


@dataclass(frozen=True)
class MenuEntry:
    """One entry of the main menu. Modules offer these as services."""

    label: str
    path: str
    icon: str
    position: int = 100


layout_sidebar: Slot[object] = Slot("layout.sidebar")
