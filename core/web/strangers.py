"""Refuse requests that no page of this site made: foreign hosts, and what other sites' pages ask for."""

from urllib.parse import urlsplit

import flask
from flask.globals import _cv_request
from werkzeug.exceptions import HTTPException

from core.errors import NotAllowed
from core.ini.app import AppConfig
from core.sentences import Sentence
from core.web.bearer import bearer_of

_SAFE = ("GET", "HEAD", "OPTIONS")
_HERE, _BY_HAND = "same-origin", "none"
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
# Where PEP 3333 has the Fetch Metadata of W3C, and what browsers said before it. A page that is fetched ahead was not
# asked for yet.
_SITE, _MODE, _KIND = "HTTP_SEC_FETCH_SITE", "HTTP_SEC_FETCH_MODE", "HTTP_SEC_FETCH_DEST"
_ORIGIN, _PAGE = "HTTP_ORIGIN", "HTTP_REFERER"
_AHEAD = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
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
        request = _cv_request.get().request
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
    site = _told(request, _SITE)
    if site is not None and site not in (_HERE, _BY_HAND):
        return False
    origin, page = _told(request, _ORIGIN), _told(request, _PAGE)
    if origin is not None:
        return origin == _own(request)
    if page is not None:
        return _origin_of(page) == _own(request)
    return site == _HERE


def _asked_by_program(request: flask.Request) -> bool:
    """Whether a program asks that is no browser: it shows a token that no other site's page can send."""
    return bearer_of(request) is not None and not any(name in request.environ for name in (_SITE, _ORIGIN, _PAGE))


def may_read(request: flask.Request) -> bool:
    """Whether an answer may go to who asked: to people who open a page from anywhere, to scripts of this site alone."""
    site = _told(request, _SITE)
    if site is not None:
        return site in (_HERE, _BY_HAND) or _opens_page(request)
    origin, page = _told(request, _ORIGIN), _told(request, _PAGE)
    if origin is not None:
        return origin == _own(request)
    return page is None or not _by_script(request) or _origin_of(page) == _own(request)


def asked_by_a_person(request: flask.Request) -> bool:
    """Whether a person asked for this here: on a page of this site, or by typing the address or a bookmark.

    Another site may lead people to a page, and a browser may fetch it ahead: both show it, and neither changes a thing.
    """
    if is_fetched_ahead(request):
        return False
    site = _told(request, _SITE)
    if site is not None:
        return site in (_HERE, _BY_HAND)
    page = _told(request, _PAGE)
    return page is not None and _origin_of(page) == _own(request)


def is_sent_from_here(request: flask.Request) -> bool:
    """Whether the browser names a page of this site that this was asked from."""
    return (_told(request, _PAGE) or "").startswith(f"{_own(request)}/")


def is_within_page(request: flask.Request) -> bool:
    """Whether the answer is for a frame or the like within a page, where nobody fills in a form of this site."""
    return request.environ.get(_KIND) in _WITHIN


def may_open_page(request: flask.Request) -> bool:
    """Whether the answer may be a page in a window: the browser says so, or nothing, as older ones do."""
    return _told(request, _KIND) in (None, "document")


def is_fetched_ahead(request: flask.Request) -> bool:
    """Whether a browser asks that nobody has asked to."""
    environ = request.environ
    told = [environ[name].lower() for name in _AHEAD if name in environ]
    return bool(told) and any(word in purpose for purpose in told for word in _AHEAD_WORDS)


def host_name(host: str) -> str:
    """The name of a host without its port, in small letters."""
    return (host.rpartition(":")[0] if _has_port(host) else host).lower()


def _told(request: flask.Request, name: str) -> str | None:
    """A header as PEP 3333 has it."""
    told: str | None = request.environ.get(name)
    return told


def _opens_page(request: flask.Request) -> bool:
    """Whether a person follows a link of another site, in a window of their own."""
    mode, kind = request.environ.get(_MODE), request.environ.get(_KIND)
    return request.method in ("GET", "HEAD") and mode == "navigate" and kind == "document"


def _by_script(request: flask.Request) -> bool:
    """Whether an old browser, which says little, asks for what only scripts read."""
    return "application/json" in request.environ.get("HTTP_ACCEPT", "") or "part" in request.args


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
