"""Serve the built front end: only files that the build listed, in the coding that the browser likes best."""

from pathlib import Path
from wsgiref.types import WSGIEnvironment

import flask
from werkzeug.datastructures import Accept
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from core.output.assets import Assets

# The smallest first, by the endings that the build gives them.
_PACKED = (("br", ".br"), ("zstd", ".zst"), ("gzip", ".gz"))
_PLAIN = "identity"


def serve_asset(assets: Assets, name: str) -> Response:
    """One built file, which never changes under its name. Parts of it are parts of what is sent (RFC 9110 14.2)."""
    asset = assets.served(name)
    # A build that came after the start may have taken the file away.
    if asset is None or not (assets.folder / name).is_file():
        raise NotFound()
    file, coding = _packed(assets.folder / name, flask.request.accept_encodings)
    # Each coding is a representation of its own with a tag of its own (RFC 9110 8.8.3.3); the name tells the content.
    response = flask.send_file(file, mimetype=asset.media_type, conditional=False, etag=file.name)
    del response.headers["Last-Modified"]
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Vary"] = "Accept-Encoding"
    if coding != _PLAIN:
        response.headers["Content-Encoding"] = coding
    asked, length = _understood(flask.request), file.stat().st_size
    return response.make_conditional(asked, accept_ranges=True, complete_length=length)


def _understood(request: flask.Request) -> WSGIEnvironment:
    """The request without a range in other units than octets, or of several parts: the whole answers that."""
    asked = request.range
    one = asked is not None and asked.units == "bytes" and len(asked.ranges) == 1
    return {name: value for name, value in request.environ.items() if one or name != "HTTP_RANGE"}


def _packed(plain: Path, accepted: Accept) -> tuple[Path, str]:
    """The file to send and its coding: what is liked best, and of those liked equally the smallest."""
    there = [(coding, plain.with_name(plain.name + ending)) for coding, ending in _PACKED]
    liked = [(accepted[coding], file, coding) for coding, file in there if accepted[coding] > 0 and file.exists()]
    best = max(liked, key=lambda one: one[0], default=(0, plain, _PLAIN))
    return (plain, _PLAIN) if accepted[_PLAIN] > best[0] else (best[1], best[2])
