"""Refuse requests that no page of this site made: foreign hosts, and what other sites' pages ask for."""

from urllib.parse import urlsplit

import flask
from werkzeug.exceptions import HTTPException

from core.errors import NotAllowed
from core.ini.app import AppConfig
from core.sentences import Sentence
from core.web.bearer import bearer_of

_SAFE = ("GET", "HEAD", "OPTIONS")
_HERE, _BY_HAND = "same-origin", "none"
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
# Fetch Metadata of W3C, and what browsers said before it. A page that is fetched ahead was not asked for yet.
_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_WITHIN = ("iframe", "frame", "embed", "object")
_AHEAD_WORDS = ("prefetch", "prerender", "preview")


class WrongHost(HTTPException):
    """The request names a host that this site is not."""

    code = 421
    description = "This site is not what the request names."


def refuse_strangers(app: flask.Flask, config: AppConfig) -> None:
    """Check the host of every request, the origin of every change, and who wants to read."""
    hosts = {str(host) for host in config.allowed_hosts}
    if config.address is not None:
        hosts.add(urlsplit(config.address).hostname or "")

    @app.before_request
    def check() -> None:
        request = flask.globals.request_ctx.request
        host = host_name(request.host)
        if hosts and host not in hosts and host not in _LOOPBACK:
            raise WrongHost()
        if request.method not in _SAFE:
            if not asked_by_our_page(request) and not _asked_by_program(request):
                raise NotAllowed(Sentence("This was asked for by a page of another site."))
        elif not may_read(request):
            raise NotAllowed(Sentence("This was asked for by a page of another site."))


def asked_by_our_page(request: flask.Request) -> bool:
    """Whether a page of this site asked for a change: the browser says so, and says nothing else anywhere.

    A request that says nothing at all of where it comes from is refused: browsers say it.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in (_HERE, _BY_HAND):
        return False
    origin, page = request.headers.get("Origin"), request.headers.get("Referer")
    if origin is not None:
        return origin == _own(request)
    if page is not None:
        return _origin_of(page) == _own(request)
    return site == _HERE


def _asked_by_program(request: flask.Request) -> bool:
    """Whether a program asks that is no browser: it shows a token that no other site's page can send."""
    told = ("Sec-Fetch-Site", "Origin", "Referer")
    return bearer_of(request) is not None and not any(name in request.headers for name in told)


def may_read(request: flask.Request) -> bool:
    """Whether an answer may go to who asked: to people who open a page from anywhere, to scripts of this site alone."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in (_HERE, _BY_HAND) or _opens_page(request)
    origin, page = request.headers.get("Origin"), request.headers.get("Referer")
    if origin is not None:
        return origin == _own(request)
    return page is None or not _by_script(request) or _origin_of(page) == _own(request)


def asked_by_a_person(request: flask.Request) -> bool:
    """Whether a person asked for this here: on a page of this site, or by typing the address or a bookmark.

    Another site may lead people to a page, and a browser may fetch it ahead: both show it, and neither changes a thing.
    """
    if is_fetched_ahead(request):
        return False
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in (_HERE, _BY_HAND)
    page = request.headers.get("Referer")
    return page is not None and _origin_of(page) == _own(request)


def is_within_page(request: flask.Request) -> bool:
    """Whether the answer is for a frame or the like within a page, where nobody fills in a form of this site."""
    return request.headers.get("Sec-Fetch-Dest") in _WITHIN


def is_fetched_ahead(request: flask.Request) -> bool:
    """Whether a browser asks that nobody has asked to."""
    told = " ".join(request.headers.get(name, "") for name in _AHEAD).lower()
    return any(word in told for word in _AHEAD_WORDS)


def host_name(host: str) -> str:
    """The name of a host without its port, in small letters."""
    return (host.rpartition(":")[0] if _has_port(host) else host).lower()


def _opens_page(request: flask.Request) -> bool:
    """Whether a person follows a link of another site, in a window of their own."""
    mode, kind = request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest")
    return request.method in ("GET", "HEAD") and mode == "navigate" and kind == "document"


def _by_script(request: flask.Request) -> bool:
    """Whether an old browser, which says little, asks for what only scripts read."""
    return "application/json" in request.headers.get("Accept", "") or "part" in request.args


def _own(request: flask.Request) -> str:
    return f"{request.scheme}://{request.host}"


def _origin_of(address: str) -> str:
    """The origin of a page's address; nothing where it names a user or cannot be read."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def _has_port(host: str) -> bool:
    return ":" in host and not host.endswith("]")
