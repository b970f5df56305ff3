"""The cookies of a session: their names, and how they are set and taken back."""

from collections.abc import Mapping

from werkzeug.wrappers import Response

from core.visitor.store import Cookies

REFERENCE, KEY, FORM = "hm3_session", "hm3_key", "hm3_form"


def cookie_name(name: str, secure: bool) -> str:
    """The name a cookie has: bound to this very host where the way is encrypted."""
    return f"__Host-{name}" if secure else name


def read_cookies(sent: Mapping[str, str], secure: bool) -> Cookies | None:
    """The session's pair, where both came."""
    reference, key = sent.get(cookie_name(REFERENCE, secure)), sent.get(cookie_name(KEY, secure))
    return Cookies(reference, key) if reference and key else None


def set_cookies(response: Response, cookies: Cookies, secure: bool) -> None:
    """Give the browser a pair; it lasts until the browser is closed or the session ends."""
    for name, value in ((REFERENCE, cookies.reference), (KEY, cookies.key)):
        response.set_cookie(cookie_name(name, secure), value, path="/", secure=secure, httponly=True, samesite="Lax")


def drop_cookies(response: Response, secure: bool) -> None:
    """Take the pair back and have the browser forget what it kept of this site."""
    for name in (REFERENCE, KEY, FORM):
        response.delete_cookie(cookie_name(name, secure), path="/", secure=secure, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
