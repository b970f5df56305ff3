"""Open the requests that the site's scripts sealed, and seal the answers to them, where `[ajax] encrypt` is on."""

import io
import json
import re
import struct
import threading
from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import Callable

import flask
from werkzeug.wrappers import Response

from core import ServerKeys
from core.errors import Conflict, LoginNeeded, Refusal
from core.output.frames import Ajax
from core.security.agreement import AjaxConfig, ClientKey, Exchange, binding_of
from core.security.crypto import DecryptError
from core.sentences import Sentence
from core.visitor.client_keys import ClientKeys
from core.visitor.permissions import User
from core.visitor.session import Session
from core.web.requests import Request, SealedRequest, this_request
from core.web.site import Site

TOLD, QUERY = "X-Hm3-Ajax", "X-Hm3-Ajax-Query"
# As PEP 3333 has it.
_TOLD_AS = "HTTP_X_HM3_AJAX"
SEALED_BODY, SEALED_ANSWER = "application/vnd.hm3.sealed", "application/vnd.hm3.sealed+json"
# What a script is to do about a refusal: agree on a key anew and ask again, or tell its person to load the page anew.
RENEW, RELOAD = "renew", "reload"

_TOLD = re.compile(r"([0-9a-f]{16}) ([0-9a-f]{32}) (0|[1-9][0-9]{0,14})", re.ASCII)
_LENGTH = struct.Struct(">I")
_LONGEST_QUERY = 16_384
_LONGEST_TYPE = 1000
_MOST_REMEMBERED = 20_000


def add_envelopes(app: flask.Flask, site: Site, session: Callable[[], Session]) -> None:
    """Open every sealed request before anybody looks at it, and seal whatever is answered to it.

    `session` opens the session of the request that is just being answered.
    """
    config = _config(site)
    done = _Done()

    @app.before_request
    def open_request() -> None:
        request = this_request()
        told = request.environ.get(_TOLD_AS)
        if told is None:
            return
        if not config.encrypt:
            request.advice = RELOAD
            raise Conflict(Sentence("This page is older than the site's settings. Please load it anew."))
        _open(request, session(), told, done)

    @app.after_request
    def seal_answer(response: Response) -> Response:
        request = this_request()
        if request.advice:
            response.headers[TOLD] = request.advice
        if request.sealed is not None and not response.is_streamed:
            return _seal(request.sealed, response)
        return response


def tell_scripts(site: Site, session: str) -> Ajax | None:
    """What a page of a user tells its scripts; None where nothing is encrypted for them."""
    wants = _config(site).wants
    if not wants or (keys := _keys(site)) is None:
        return None
    binding = binding_of(keys.of("hm3.ajax"), session)
    return Ajax(wants, binding_of(binding, "reference")[:12].hex(), b64encode(binding).decode())


def _config(site: Site) -> AjaxConfig:
    for one in site.application.shared.find(AjaxConfig) or ():
        if isinstance(one, AjaxConfig):
            return one
    return AjaxConfig()


def _keys(site: Site) -> ServerKeys | None:
    for one in site.application.shared.find(ServerKeys) or ():
        if isinstance(one, ServerKeys):
            return one
    return None


class _Done:
    """The requests of late that change something, so that none is done twice. Known to this one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: OrderedDict[str, None] = OrderedDict()

    def add(self, name: str) -> bool:
        """Remember a request; False where it came before."""
        with self._lock:
            if name in self._names:
                return False
            self._names[name] = None
            if len(self._names) > _MOST_REMEMBERED:
                self._names.popitem(last=False)
            return True


def _open(request: Request, session: Session, told: str, done: _Done) -> None:
    if not isinstance(session.visitor, User):
        # The page itself says that a login is needed; nobody without one can have sealed anything for it.
        if request.mimetype == SEALED_BODY:
            raise LoginNeeded(Sentence("Please log in."))
        return
    match = _TOLD.fullmatch(told)
    if match is None:
        raise Refusal(Sentence("That request cannot be understood."))
    key = ClientKeys(session).find(match[1])
    if key is None:
        request.advice = RENEW
        raise Conflict(Sentence("The key of this page is not known any more. Please load the page anew."))
    exchange = Exchange(request.method, request.path, match[2], int(match[3]))
    request.sealed = SealedRequest(key, exchange)
    try:
        _open_parts(request, key, exchange)
    except (DecryptError, ValueError) as error:
        raise Refusal(Sentence("That request cannot be understood.")) from error
    if request.method == "POST" and not done.add(f"{key.id} {exchange.request}"):
        raise Conflict(Sentence("This was already received."))


def _open_parts(request: flask.Request, key: ClientKey, exchange: Exchange) -> None:
    """Put what was sealed where it would stand if it had not been. Raises DecryptError or ValueError."""
    query = request.headers.get(QUERY)
    if query is not None:
        if len(query) > _LONGEST_QUERY or request.query_string:
            raise ValueError("a query is too long, or there are two")
        request.query_string = key.open(exchange, "query", b64decode(query, validate=True))
        request.environ["QUERY_STRING"] = request.query_string.decode("ascii")
    if request.mimetype != SEALED_BODY:
        if request.method == "POST":
            raise ValueError("a body is not sealed")
        return
    plain = key.open(exchange, "body", request.get_data(cache=False))
    (length,) = _LENGTH.unpack_from(plain) if len(plain) >= _LENGTH.size else (_LONGEST_TYPE + 1,)
    start = _LENGTH.size + length
    if length > _LONGEST_TYPE or len(plain) < start:
        raise ValueError("a body does not say its type")
    request.environ["CONTENT_TYPE"] = plain[_LENGTH.size : start].decode("ascii")
    request.environ["CONTENT_LENGTH"] = str(len(plain) - start)
    request.environ.pop("HTTP_TRANSFER_ENCODING", None)
    stream = io.BytesIO(plain)
    stream.seek(start)
    request.environ["wsgi.input"] = stream
    _forget(request)


def _forget(request: flask.Request) -> None:
    """Drop what the request remembers of the body as it came."""
    for name in ("stream", "data", "form", "files", "values", "content_length", "content_type", "_parsed_content_type"):
        request.__dict__.pop(name, None)


def _seal(request: SealedRequest, response: Response) -> Response:
    """The answer for the eyes of the page alone; where it leads is part of it, so that the script goes there."""
    meta = {"type": response.content_type or ""}
    if location := response.headers.pop("Location", None):
        meta["location"] = location
        response.status_code = 200
    head = json.dumps(meta).encode()
    plain = _LENGTH.pack(len(head)) + head + response.get_data()
    nonce, sealed = request.key.seal(request.exchange, response.status_code, plain)
    answer = {
        "v": 1,
        "k": request.key.id,
        "s": request.exchange.sequence,
        "n": b64encode(nonce).decode(),
        "c": b64encode(sealed).decode(),
    }
    response.set_data(json.dumps(answer, separators=(",", ":")))
    response.content_type = SEALED_ANSWER
    return response
