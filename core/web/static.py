"""Serve the built front end: only files that the build listed, packed where the browser takes it."""

from pathlib import Path

import flask
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from core.output.assets import Assets

_PACKED = (("br", ".br"), ("gzip", ".gz"))


def serve_asset(assets: Assets, name: str) -> Response:
    """One built file, which never changes under its name."""
    asset = assets.served(name)
    # A build that came after the start may have taken the file away.
    if asset is None or not (assets.folder / name).is_file():
        raise NotFound()
    file, coding = _packed(assets.folder / name)
    response = flask.send_file(file, mimetype=asset.media_type, conditional=True, max_age=365 * 24 * 60 * 60)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["Vary"] = "Accept-Encoding"
    if coding:
        response.headers["Content-Encoding"] = coding
    return response


def _packed(file: Path) -> tuple[Path, str]:
    accepted = flask.request.accept_encodings
    for coding, ending in _PACKED:
        if accepted[coding] > 0 and (packed := file.with_name(file.name + ending)).exists():
            return packed, coding
    return file, ""
