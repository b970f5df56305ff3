"""Refuse requests that no page of this site made: foreign hosts, and changes asked for from other sites."""

from urllib.parse import urlsplit

import flask
from werkzeug.exceptions import HTTPException

from core.errors import NotAllowed
from core.ini.app import AppConfig
from core.sentences import Sentence

_SAFE = ("GET", "HEAD", "OPTIONS")
_FROM_HERE = ("same-origin", "none")
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class WrongHost(HTTPException):
    """The request names a host that this site is not."""

    code = 421
    description = "This site is not what the request names."


def refuse_strangers(app: flask.Flask, config: AppConfig) -> None:
    """Check the host of every request and the origin of every change."""
    hosts = {str(host) for host in config.allowed_hosts}
    if config.address is not None:
        hosts.add(urlsplit(config.address).hostname or "")

    @app.before_request
    def check() -> None:
        host = flask.request.host.rpartition(":")[0] if _has_port(flask.request.host) else flask.request.host
        if hosts and host.lower() not in hosts and host not in _LOOPBACK:
            raise WrongHost()
        if flask.request.method not in _SAFE and not _asked_here(flask.request):
            raise NotAllowed(Sentence("This was asked for by a page of another site."))


def _asked_here(request: flask.Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in _FROM_HERE:
        return False
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.host}"


def _has_port(host: str) -> bool:
    return ":" in host and not host.endswith("]")
