"""Turn answers into responses."""

from collections.abc import Callable, Iterator
from functools import partial
from json import JSONEncoder
from urllib.parse import quote, urlencode

import flask
from werkzeug.wrappers import Response

from core.look import LookSettings
from core.output.frames import Frame
from core.output.json import Json, to_json
from core.output.render import Renderer
from core.output.slots import Redirect
from core.pipeline.answer import Data, Streamed
from core.web.errors import Problem
from core.web.handover import answer_live
from core.web.responses import HTML, SiteResponse

_INLINE_TEXT = ("text/plain",)
_JSON = "application/json"
_ENCODER = JSONEncoder(sort_keys=True, separators=(",", ":"))


def answer_redirect(redirect: Redirect, json: bool, say: Callable[[str], str] = str) -> Response:
    """See other for people; for scripts where to go and what was told, its sentences as `say` says them."""
    if not json:
        return flask.redirect(redirect.location, 303)
    told = to_json(redirect.told, say) if redirect.told is not None else {}
    fields = told if isinstance(told, dict) else {"told": told}
    return _json({**fields, "location": redirect.location})


def answer_data(data: Data, say: Callable[[str], str] = str) -> Response:
    """The declared fields as JSON, their sentences as `say` says them."""
    return _json(to_json(data.value, say), data.status)


def answer_stream(streamed: Streamed) -> Response:
    """A file, sent as it comes; what it needs is closed after the last octet or when the browser goes away."""
    stream = streamed.stream
    if stream.takes is not None:
        return answer_live(stream, stream.takes, streamed.close)
    media_type = f"{stream.media_type}; charset=utf-8" if stream.media_type in _INLINE_TEXT else stream.media_type
    response = Response(_first(stream.chunks, streamed), content_type=media_type, direct_passthrough=False)
    response.call_on_close(streamed.close)
    kind = "inline" if stream.inline else "attachment"
    response.headers["Content-Disposition"] = disposition(kind, stream.filename or "file")
    if stream.size is not None:
        response.headers["Content-Length"] = str(stream.size)
    return response


def disposition(kind: str, filename: str) -> str:
    """A Content-Disposition with the name in ASCII and, for those who read it, whole (RFC 6266)."""
    plain = "".join(letter if letter.isascii() and letter.isprintable() else "_" for letter in filename)
    plain = plain.replace('"', "_").replace("\\", "_").replace("/", "_")
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def answer_problem(
    renderer: Renderer,
    problem: Problem,
    frame: Frame,
    json: bool,
    kept: tuple[tuple[str, str], ...],
    address: str,
) -> Response:
    """An error in the site's look, or as JSON."""
    response: Response
    if json:
        names = ("status", "title", "reason", "fields", "reference")
        say = partial(renderer.say, language=frame.language)
        told = {name: to_json(getattr(problem, name), say) for name in names}
        told |= {"code": problem.code} if problem.code else {}
        response = _json({"error": told}, problem.status)
    else:
        values = {"problem": problem, "kept": kept, "again": address}
        html = renderer.render_plain("error.html", values, frame, problem.title, LookSettings())
        response = SiteResponse(html, problem.status, content_type=HTML)
    response.headers.extend(problem.headers)
    return response


def login_address(address: str) -> str:
    """The login page that leads back to an address afterwards."""
    wanted = address.rstrip("?")
    return "/login" if wanted in ("/", "") else f"/login?{urlencode({'next': wanted})}"


def _json(value: Json, status: int = 200) -> Response:
    return SiteResponse(f"{_ENCODER.encode(value)}\n", status, content_type=_JSON)


def _first(chunks: Iterator[bytes], streamed: Streamed) -> Iterator[bytes]:
    """The chunks, of which the first is fetched now: what fails at once is still told as an error."""
    try:
        first = next(chunks, b"")
    except BaseException:
        streamed.close()
        raise
    return _with(first, chunks)


def _with(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from chunks
