"""What signs the tokens of forms, and the cookie that holds a browser's own."""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

import flask
from flask.globals import _cv_request
from flask.json.tag import TaggedJSONSerializer
from flask_wtf.csrf import CSRFProtect, generate_csrf
from itsdangerous import URLSafeTimedSerializer

from core.web.bearer import bearer_of
from core.web.cookies import NAMES
from core.web.requests import this_request
from core.web.responses import vary_by
from core.web.site import FormKeys
from core.web.strangers import is_sent_from_here

# Signatures of so many browsers are remembered, for so many seconds.
_MOST, _BELIEVED = 2000, 600.0
_TOKEN = "csrf_token"


def form_token() -> str:
    """The token of forms for the answer to the current request."""
    return forms_of_app().token()


def forms_of_app() -> "FormSession":
    """What signs the forms of the application that answers."""
    interface = flask.current_app.session_interface
    assert isinstance(interface, FormSession)
    return interface


@dataclass(frozen=True)
class _Seen:
    """What a text was worth under some keys, and until when that is believed without looking again."""

    keys: tuple[bytes, ...]
    worth: dict[str, str]
    until: float


class _Known:
    """What was signed, or found rightly signed, of late. For several threads; what was used longest ago goes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def find(self, text: str, keys: tuple[bytes, ...]) -> dict[str, str] | None:
        """What a text is worth; None where that has to be found out."""
        with self._lock:
            seen = self._seen.get(text)
            if seen is None or seen.keys != keys or seen.until < time.monotonic():
                return None
            self._seen.move_to_end(text)
            return seen.worth

    def keep(self, text: str, keys: tuple[bytes, ...], worth: dict[str, str]) -> None:
        """Remember what a text is worth. Nobody but this site can have written it."""
        with self._lock:
            self._seen[text] = _Seen(keys, worth, time.monotonic() + _BELIEVED)
            if len(self._seen) > _MOST:
                self._seen.popitem(last=False)


class FormSigning:
    """The keys of forms as they are now, the newest last, as signatures are made with the last and read with all."""

    def __init__(self, keys: FormKeys) -> None:
        self._keys = keys

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.now)

    @property
    def now(self) -> tuple[bytes, ...]:
        """The keys of this moment, in this order."""
        return tuple(reversed(tuple(self._keys())))


class BrowserSession(flask.sessions.SecureCookieSession):
    """What a browser's cookie of forms holds, and the keys that counted as its request came."""

    signing: tuple[bytes, ...] = ()


class FormSession(flask.sessions.SecureCookieSessionInterface):
    """Flask's own session, in a signed cookie named as the others are: the token of forms."""

    session_class = BrowserSession

    def __init__(self, signing: FormSigning) -> None:
        self._signing = signing
        self._read, self._tokens, self._believed = _Known(), _Known(), _Known()
        self._made: tuple[tuple[bytes, ...], URLSafeTimedSerializer | None] = ((), None)

    def open_session(self, app: flask.Flask, request: flask.Request) -> flask.sessions.SecureCookieSession | None:
        """What the cookie holds; nothing for a program, whose cookies nobody reads."""
        if bearer_of(request) is not None:
            return self.session_class()
        told, keys = request.cookies.get(NAMES[request.is_secure].form, ""), self._signing.now
        kept = self._read.find(told, keys)
        session = super().open_session(app, request) if kept is None else BrowserSession(kept)
        if session and kept is None:
            self._read.keep(told, keys, dict(session))
        if isinstance(session, BrowserSession):
            session.signing = keys
        return session

    def token(self) -> str:
        """The token that the forms of this answer get. For a while it is the same for the same browser."""
        raw, keys = flask.session.get("csrf_token", ""), self._signing.now
        kept = self._tokens.find(raw, keys)
        if kept is not None:
            # Where Flask-WTF looks for what it made before.
            flask.g.csrf_token = kept["token"]
            return kept["token"]
        token = str(generate_csrf())
        if raw:
            self._tokens.keep(raw, keys, {"token": token})
        return token

    def believes(self, token: str) -> bool:
        """Whether this browser's session came with the same token of late, and it was found right."""
        session = _cv_request.get().session
        raw = session.get(_TOKEN, "")
        keys = session.signing if isinstance(session, BrowserSession) else self._signing.now
        return bool(raw and token) and self._believed.find(f"{raw}\n{token}", keys) is not None

    def believe(self, token: str) -> None:
        """Remember that a token was found right for this browser's session, under the keys as they are now."""
        self._believed.keep(f"{flask.session['csrf_token']}\n{token}", self._signing.now, {})

    def save_session(
        self, app: flask.Flask, session: flask.sessions.SessionMixin, response: flask.wrappers.Response
    ) -> None:
        """Set the cookie where what it holds has changed, but never a program's."""
        if bearer_of(this_request()) is not None:
            return
        if session.modified:
            super().save_session(app, session, response)
        elif session.accessed:
            vary_by(response, "Cookie")

    def get_cookie_name(self, app: flask.Flask) -> str:
        """The cookie's name; bound to this very host where the way is encrypted."""
        return NAMES[this_request().is_secure].form

    def get_cookie_secure(self, app: flask.Flask) -> bool:
        """Whether the cookie is sent over encrypted ways only."""
        return bool(this_request().is_secure)

    def get_signing_serializer(self, app: flask.Flask) -> URLSafeTimedSerializer | None:
        """What signs the cookie, with the keys as they are now."""
        keys, made = self._signing.now, self._made
        if made[1] is None or made[0] != keys:
            signer = {"key_derivation": self.key_derivation, "digest_method": self.digest_method}
            serializer = TaggedJSONSerializer()
            made = keys, URLSafeTimedSerializer(list(keys), salt=self.salt, serializer=serializer, signer_kwargs=signer)
            self._made = made
        return made[1]


class FormProtect(CSRFProtect):  # type: ignore[misc]  # flask_wtf tells no types
    """Looks at the token of every form; one that was found right for the same browser of late still is.

    No other site can have a browser send a program's token: requests with one need none of a form.
    """

    def _get_csrf_token(self) -> str | None:
        # Where it mostly stands; elsewhere Flask-WTF looks for it.
        token: str | None = this_request().form.get(_TOKEN) or super()._get_csrf_token()
        return token

    def protect(self, **how: bool) -> None:
        request = this_request()
        if request.method in ("GET", "HEAD", "OPTIONS") or bearer_of(request) is not None:
            return
        signing, token = forms_of_app(), self._get_csrf_token() or ""
        if signing.believes(token) and (not request.is_secure or is_sent_from_here(request)):
            return
        super().protect(**how)
        if flask.g.get("csrf_valid"):
            signing.believe(token)
