"""The responses of this site: headers that are the same for many of them are written down once."""

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from wsgiref.types import WSGIEnvironment

import flask
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

# PEP 3333: a name and a value as a server takes them.
Line = tuple[str, str]
HTML = "text/html; charset=utf-8"
_OK = int(HTTPStatus.OK)
_LEADS = frozenset({"location", "content-location"})


class Stamp:
    """Headers that responses are sent under: each takes the place of any of its name that they have themselves.

    Those of `otherwise` are for responses that have none of the name. Of a value that is given in pieces, each response
    has its own nonce between any two.
    """

    def __init__(self, always: Mapping[str, str | Sequence[str]], otherwise: Mapping[str, str]) -> None:
        self._lines = [(name, value) for name, value in always.items() if isinstance(value, str)]
        self._pieces = [(name, value) for name, value in always.items() if not isinstance(value, str)]
        self._otherwise = [(name.lower(), (name, value)) for name, value in otherwise.items()]
        self._names = frozenset(name.lower() for name in always)

    def on(self, own: Sequence[Line], nonce: str) -> list[Line]:
        """A response's own headers with these."""
        names = [name.lower() for name, _ in own]
        lines = [line for name, line in zip(names, own, strict=True) if name not in self._names]
        lines += self._lines
        lines += [(name, nonce.join(pieces)) for name, pieces in self._pieces]
        lines += [line for name, line in self._otherwise if name not in names]
        return lines


class SiteResponse(flask.Response):
    """A response whose headers are put together once, when it is sent."""

    stamp: Stamp | None = None
    nonce: str = ""

    def set_data(self, value: bytes | str) -> None:
        """Answer with this, whose length is told when it is sent."""
        if "Content-Length" in self.headers:
            del self.headers["Content-Length"]
        self.response = [value.encode() if isinstance(value, str) else value]

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """The headers for a server. An answer of known length that leads nowhere is sent with those that it has."""
        names = [name.lower() for name, _ in self.headers]
        is_known = self.status_code == _OK and "content-length" in names
        return self.headers if is_known and _LEADS.isdisjoint(names) else super().get_wsgi_headers(environ)

    def get_wsgi_response(self, environ: WSGIEnvironment) -> tuple[Iterable[bytes], str, list[Line]]:
        """The octets, the status and the headers for a server."""
        octets, status, lines = self._whole(environ) or super().get_wsgi_response(environ)
        return octets, status, lines if self.stamp is None else self.stamp.on(lines, self.nonce)

    def _whole(self, environ: WSGIEnvironment) -> tuple[Iterable[bytes], str, list[Line]] | None:
        """An answer in one piece that leads nowhere: it is sent as it is, and nothing waits for its end."""
        body = self.response
        if self.status_code != _OK or self._on_close or environ["REQUEST_METHOD"] == "HEAD":
            return None
        if not isinstance(body, list) or len(body) != 1 or not isinstance(body[0], bytes):
            return None
        lines = [*self.headers]
        names = {name.lower() for name, _ in lines}
        if not _LEADS.isdisjoint(names):
            return None
        if "content-length" not in names:
            lines.append(("Content-Length", str(len(body[0]))))
        return body, self.status, lines


def vary_by(response: Response, name: str) -> None:
    """Tell caches that the answer depends on a header of the request (RFC 9110 12.5.5)."""
    told = response.headers.get("Vary")
    if told is None:
        response.headers.add("Vary", name)
    elif name.lower() not in [one.strip().lower() for one in told.split(",")]:
        response.headers["Vary"] = f"{told}, {name}"
