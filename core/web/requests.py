"""Copy what arrived into a RawRequest, bounded and frozen, before anybody looks at it."""

import io
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import IO, BinaryIO

import flask
from werkzeug.datastructures import FileStorage, MIMEAccept, MultiDict
from werkzeug.http import parse_accept_header

from core.input.reading import Client, RawRequest, Upload
from core.output.slots import Format, Wanted
from core.web.bearer import bearer_of, read_fields
from core.web.cookies import read_keepsakes
from core.web.strangers import asked_by_a_person

# Headers that inputs may declare.
READABLE_HEADERS = ("accept-language", "authorization", "last-event-id", "user-agent", "x-hm3-background")
BACKGROUND = "X-Hm3-Background"
LONGEST_TOLD = 500
_EVENTS = "text/event-stream"


class Request(flask.Request):
    """Flask's request, whose uploads stay in memory: nothing that is sent is ever written to disk in clear."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()

    @cached_property
    def client(self) -> Client:
        """What the connection tells of who is asking."""
        return Client(
            address=self.remote_addr or "",
            agent=self.headers.get("User-Agent", "")[:LONGEST_TOLD],
            secure=self.is_secure,
            languages=self.headers.get("Accept-Language", "")[:LONGEST_TOLD],
            asked_here=asked_by_a_person(self),
        )


def read_request(request: flask.Request, path: Mapping[str, str]) -> RawRequest:
    """What a page may read of a request."""
    return RawRequest(
        method=request.method if request.method in ("POST", "DELETE") else "GET",
        path=dict(path),
        query=_lists(request.args),
        form=_lists(request.form) if bearer_of(request) is None else read_fields(request),
        cookies=read_keepsakes(request.cookies, request.is_secure) if bearer_of(request) is None else {},
        headers={name: request.headers[name] for name in READABLE_HEADERS if name in request.headers},
        uploads=_uploads(request.files),
        client=read_client(request),
        address=request.full_path.rstrip("?"),
    )


def read_client(request: flask.Request) -> Client:
    """What the connection tells of who is asking."""
    return request.client if isinstance(request, Request) else Request(request.environ).client


def this_request() -> flask.Request:
    """The request that is being answered itself: each look at one through `flask.request` searches for it anew."""
    return flask.globals.request_ctx.request


def read_wanted(request: flask.Request) -> Wanted:
    """The format that was asked for, and the part of the page."""
    if _accepted(request.headers.get("Accept", ""))[0]:
        return Wanted(Format.JSON)
    parts = request.args.getlist("part")
    return Wanted(part=parts[0] if parts else None)


def wants_json() -> bool:
    """Whether the browser's script asked for JSON or for events, or a program asks, which reads nothing else."""
    request = this_request()
    return bearer_of(request) is not None or any(_accepted(request.headers.get("Accept", "")))


# Browsers and their scripts send a few of these all the time.
@lru_cache(maxsize=256)
def _accepted(header: str) -> tuple[bool, bool]:
    """Whether somebody who accepts this likes JSON better than HTML, and whether they take events (RFC 9110 12.5.1)."""
    accepted = parse_accept_header(header, MIMEAccept)
    best = accepted.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json", _EVENTS in accepted.values()


def is_background(request: flask.Request) -> bool:
    """Whether a request was made by a timer and not by a person."""
    return request.headers.get(BACKGROUND) == "1"


def _lists(values: MultiDict[str, str]) -> dict[str, list[str]]:
    return {name: values.getlist(name) for name in values}


def _uploads(files: MultiDict[str, FileStorage]) -> dict[str, list[Upload]]:
    """A file field that was left empty sends a nameless empty file: nobody uploaded that."""
    found: dict[str, list[Upload]] = {}
    for name in files:
        sent = [upload for upload in (_upload(file) for file in files.getlist(name)) if upload.filename or upload.size]
        if sent:
            found[name] = sent
    return found


def _upload(file: FileStorage) -> Upload:
    stream: BinaryIO = file.stream  # type: ignore[assignment]  # Request makes every stream a BytesIO
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    return Upload(file.filename or "", file.mimetype or "application/octet-stream", stream, size)
