"""Copy what arrived into a RawRequest, bounded and frozen, before anybody looks at it."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import IO, Any, BinaryIO

import flask
import werkzeug
from flask.globals import _cv_request
from werkzeug.datastructures import Accept, FileStorage, ImmutableDict, LanguageAccept, MIMEAccept, MultiDict
from werkzeug.http import parse_accept_header
from werkzeug.sansio.http import parse_cookie
from werkzeug.sansio.utils import get_host

from core.input.fields import HEADERS
from core.input.reading import Client, ContentHost, RawRequest, Upload
from core.module import Page
from core.output.slots import Format, Wanted
from core.security.agreement import ClientKey, Exchange
from core.visitor.store import Opened
from core.web.bearer import bearer_of, read_fields
from core.web.cookies import NAMES, read_keepsakes
from core.web.posted import read_posted
from core.web.strangers import asked_by_a_person
from core.zones import zone_named

# Headers that inputs may declare, and where PEP 3333 has them.
READABLE_HEADERS = MappingProxyType({name: f"HTTP_{name.upper().replace('-', '_')}" for name in HEADERS})
BACKGROUND = "X-Hm3-Background"
LONGEST_TOLD = 500
_EVENTS = "text/event-stream"


@dataclass(frozen=True)
class SealedRequest:
    """A request that came sealed: what its answer is sealed with."""

    key: ClientKey
    exchange: Exchange


class Request(flask.Request):
    """Flask's request, whose uploads stay in memory: nothing that is sent is ever written to disk in clear.

    It knows what was found out about it: the `page` that answers it and the session that was `opened` for it, that what
    is linked there shall not learn where from (`unnamed`), how it came `sealed` and what its script is to do about a
    refusal (`advice`), the `nonce` of the policy that its answer is shown under on the content host, and where the time
    of one that failed went (`times`), for whom may know it.
    """

    page: Page | None = None
    opened: Opened | None = None
    unnamed = False
    sealed: SealedRequest | None = None
    advice = ""
    nonce = ""
    times = ""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return io.BytesIO()

    def _load_form_data(self) -> None:
        known = self.__dict__
        fields = None if "form" in known or "stream" in known else read_posted(self.environ, self.max_content_length)
        if fields is None:
            # Flask's own also looks whether somebody debugs, which nobody does here.
            werkzeug.Request._load_form_data(self)
            return
        known["form"], known["files"] = self.parameter_storage_class(fields), self.parameter_storage_class()
        known["stream"] = io.BytesIO()

    @cached_property
    def client(self) -> Client:
        """What the connection tells of who is asking."""
        environ = self.environ
        return Client(
            address=self.remote_addr or "",
            agent=environ.get("HTTP_USER_AGENT", "")[:LONGEST_TOLD],
            secure=self.is_secure,
            languages=environ.get("HTTP_ACCEPT_LANGUAGE", "")[:LONGEST_TOLD],
            zone=zone_named(self.cookies.get(NAMES[self.is_secure].zone, "")),
            asked_here=asked_by_a_person(self),
        )

    @cached_property
    def host(self) -> str:
        """The host that the request was made to, with its port if that is not the usual one; empty where it is none."""
        return _host(self.scheme, self.environ.get("HTTP_HOST"), self.server)

    @cached_property
    def cookies(self) -> ImmutableDict[str, str]:  # type: ignore[override]  # whoever reads one wants the first of a name
        """The cookies, which a server gives in one line; of several of a name the first."""
        # Any: as many pairs of texts as there are cookies.
        pairs: Any = parse_cookie(self.environ.get("HTTP_COOKIE"), list)  # type: ignore[arg-type]  # any collection does
        return ImmutableDict(reversed(pairs))

    @property
    def has_body(self) -> bool:
        """Whether anything was sent beside headers (RFC 9112 6.3)."""
        environ = self.environ
        return environ.get("CONTENT_LENGTH", "0") not in ("", "0") or "HTTP_TRANSFER_ENCODING" in environ


def read_request(request: flask.Request, path: Mapping[str, str], content: ContentHost | None = None) -> RawRequest:
    """What a page may read of a request, where messages have the host `content`."""
    token, environ = bearer_of(request), request.environ
    # What is not there need not be parsed.
    has_body = not isinstance(request, Request) or request.has_body
    form = {} if not has_body else _lists(request.form) if token is None else read_fields(request)
    return RawRequest(
        method=request.method if request.method in ("POST", "DELETE") else "GET",
        path=dict(path),
        query=_lists(request.args) if request.query_string else {},
        form=form,
        cookies=read_keepsakes(request.cookies, request.is_secure) if token is None else {},
        headers={name: environ[told] for name, told in READABLE_HEADERS.items() if told in environ},
        uploads=_uploads(request.files) if has_body else {},
        client=read_client(request),
        address=request.full_path.rstrip("?"),
        content=content,
    )


def read_client(request: flask.Request) -> Client:
    """What the connection tells of who is asking."""
    return request.client if isinstance(request, Request) else Request(request.environ).client


def this_request() -> Request:
    """The request that is being answered itself. Raises LookupError where none is.

    Each look at one through `flask.request` takes several calls to find it.
    """
    return _cv_request.get().request  # type: ignore[return-value]  # the applications of this site make no others


def read_wanted(request: flask.Request) -> Wanted:
    """The format that was asked for, and the part of the page."""
    if _accepted(request.environ.get("HTTP_ACCEPT", ""))[0]:
        return Wanted(Format.JSON)
    parts = request.args.getlist("part") if request.query_string else []
    return Wanted(part=parts[0] if parts else None)


def wants_json(request: flask.Request) -> bool:
    """Whether the browser's script asked for JSON or for events, or a program asks, which reads nothing else."""
    is_liked, takes_events = _accepted(request.environ.get("HTTP_ACCEPT", ""))
    return is_liked or takes_events or bearer_of(request) is not None


def read_languages(request: flask.Request) -> tuple[str, ...]:
    """The tags of the languages that a browser asks for, the dearest first (RFC 9110 12.5.4)."""
    return _languages(request.environ.get("HTTP_ACCEPT_LANGUAGE", ""))


def takes_gzip(request: flask.Request) -> bool:
    """Whether an answer may be packed with gzip (RFC 9110 12.5.3)."""
    return _takes_gzip(request.environ.get("HTTP_ACCEPT_ENCODING", ""))


@lru_cache(maxsize=64)
def _host(scheme: str, named: str | None, server: tuple[str, int | None] | None) -> str:
    """The host of a request by its header, or where there is none by the address that the server listens at."""
    return get_host(scheme, named, server)


# Browsers and their scripts send a few of these all the time.
@lru_cache(maxsize=256)
def _accepted(header: str) -> tuple[bool, bool]:
    """Whether somebody who accepts this likes JSON better than HTML, and whether they take events (RFC 9110 12.5.1)."""
    accepted = parse_accept_header(header, MIMEAccept)
    best = accepted.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json", _EVENTS in accepted.values()


@lru_cache(maxsize=256)
def _languages(header: str) -> tuple[str, ...]:
    return tuple(tag for tag, _ in parse_accept_header(header, LanguageAccept))


@lru_cache(maxsize=256)
def _takes_gzip(header: str) -> bool:
    return parse_accept_header(header, Accept)["gzip"] > 0


def is_background(request: flask.Request) -> bool:
    """Whether a request was made by a timer and not by a person."""
    return request.environ.get(READABLE_HEADERS["x-hm3-background"]) == "1"


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
