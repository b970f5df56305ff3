"""What stands around a page: what the renderer knows of the site and the visitor, and what layouts read of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from core.look import direction
from core.output.slots import MenuEntry, Notice
from core.pipeline.answer import Shown

_UTC = ZoneInfo("UTC")


class AssetFile(Protocol):
    """A built file: its address and its integrity hash."""

    @property
    def path(self) -> str: ...
    @property
    def integrity(self) -> str: ...


@dataclass(frozen=True)
class Ajax:
    """What a user's pages tell their scripts of encryption: what is on, which session this is, and how to know it."""

    wants: str
    session: str
    binding: str = field(repr=False)


class Frame(NamedTuple):
    """What stands around every page: known to the renderer and to templates, not to outputs.

    `idle` is after how many seconds without activity the session ends; `asks_password` is whether forms ask its user
    for a password, to show that it is them. `apart` says that messages are shown on a host of their own. Dates are in
    `zone`; `zone_cookie` is what the browser tells its own by.
    """

    csrf_token: str = ""
    nonce: str = ""
    site_name: str = "hm3"
    address: str = "/"
    language: str = "en"
    notices: tuple[Notice, ...] = ()
    asset: Callable[[str], AssetFile] | None = None
    reference: str = ""
    phrases: tuple[str, ...] = ()
    idle: int = 0
    ajax: Ajax | None = None
    asks_password: bool = True
    apart: bool = False
    zone: ZoneInfo = _UTC
    zone_cookie: str = ""


class DocumentFrame(NamedTuple):
    """What layouts read as `frame`: the frame of this answer with the page's own title, user and menu."""

    title: str
    csrf_token: str
    nonce: str
    site_name: str
    address: str
    language: str
    direction: str
    theme: str
    density: str
    time_zone: str
    user: str | None
    menu: tuple[MenuEntry, ...]
    notices: tuple[Notice, ...] = ()
    page: str = ""
    phrases: tuple[str, ...] = ()
    idle: int = 0
    ajax: Ajax | None = None
    called: str = ""
    asks_password: bool = True
    apart: bool = False
    zone_cookie: str = ""
    follows_browser: bool = False


def document_frame(shown: Shown, frame: Frame) -> DocumentFrame:
    """The frame of a page."""
    look = shown.look
    return DocumentFrame(
        shown.title, frame.csrf_token, frame.nonce, frame.site_name, frame.address, frame.language,
        direction(frame.language), look.theme.value, look.density.value, frame.zone.key,
        shown.user, shown.menu, frame.notices, shown.page.name, frame.phrases, frame.idle,
        frame.ajax, shown.called or shown.user or "", frame.asks_password, frame.apart,
        frame.zone_cookie, look.follows_browser and shown.status == 200,
    )  # fmt: skip


def no_assets(name: str) -> AssetFile:
    """Where nothing was built. Raises LookupError."""
    raise LookupError(f"There is no built file {name}: run the build first.")
