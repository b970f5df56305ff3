"""The cookies of a session: their names, and how they are set and taken back."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from werkzeug.wrappers import Response

from core.visitor.session import Keepsake
from core.visitor.store import Cookies

OURS = "hm3_"
REFERENCE, KEY, FORM, WHY = f"{OURS}session", f"{OURS}key", f"{OURS}form", f"{OURS}why"
# The one that scripts write: the time zone of the browser. The site never sets it.
ZONE = f"{OURS}zone"


def cookie_name(name: str, secure: bool) -> str:
    """The name a cookie has: bound to this very host where the way is encrypted."""
    return f"__Host-{name}" if secure else name


class Names(NamedTuple):
    """What the site's own cookies are called, and how the names of those begin that modules leave."""

    reference: str
    key: str
    form: str
    why: str
    zone: str
    start: str


# By whether the way is encrypted.
NAMES = MappingProxyType(
    {
        secure: Names(*(cookie_name(name, secure) for name in (REFERENCE, KEY, FORM, WHY, ZONE, OURS)))
        for secure in (False, True)
    }
)


def read_cookies(sent: Mapping[str, str], secure: bool) -> Cookies | None:
    """The session's pair, where both came."""
    names = NAMES[secure]
    reference, key = sent.get(names.reference), sent.get(names.key)
    return Cookies(reference, key) if reference and key else None


def set_cookies(response: Response, cookies: Cookies, secure: bool) -> None:
    """Give the browser a pair; it lasts until the browser is closed or the session ends."""
    for name, value in ((REFERENCE, cookies.reference), (KEY, cookies.key)):
        response.set_cookie(cookie_name(name, secure), value, path="/", secure=secure, httponly=True, samesite="Lax")


def set_keepsakes(response: Response, keepsakes: Mapping[str, Keepsake], secure: bool) -> None:
    """Give the browser what modules leave with it."""
    for name, kept in keepsakes.items():
        called, seconds = cookie_name(OURS + name, secure), int(kept.lasts.total_seconds())
        response.set_cookie(called, kept.value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="Lax")


def read_keepsakes(sent: Mapping[str, str], secure: bool) -> dict[str, str]:
    """What modules left with the browser, by the names that they gave. No cookie of another origin is among it."""
    names = NAMES[secure]
    return {
        name.removeprefix(names.start): value
        for name, value in sent.items()
        if name not in names and name.startswith(names.start)
    }


def drop_cookies(response: Response, secure: bool, *, form: bool) -> None:
    """Take the pair back and have the browser forget what it kept of this site; of its forms too, where asked to."""
    for name in (REFERENCE, KEY, *((FORM,) if form else ())):
        response.delete_cookie(cookie_name(name, secure), path="/", secure=secure, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
