"""What signs the tokens of forms, and the cookie that holds a browser's own."""

from collections.abc import Iterator

import flask
from flask.json.tag import TaggedJSONSerializer
from itsdangerous import URLSafeTimedSerializer

from core.web.bearer import bearer_of
from core.web.cookies import FORM, cookie_name
from core.web.site import FormKeys


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


class FormSession(flask.sessions.SecureCookieSessionInterface):
    """Flask's own session, in a signed cookie named as the others are: the token of forms, and why a session ended."""

    def __init__(self, signing: FormSigning) -> None:
        self._signing = signing
        self._made: tuple[tuple[bytes, ...], URLSafeTimedSerializer | None] = ((), None)

    def open_session(self, app: flask.Flask, request: flask.Request) -> flask.sessions.SecureCookieSession | None:
        """What the cookie holds; nothing for a program, whose cookies nobody reads."""
        return self.session_class() if bearer_of(request) is not None else super().open_session(app, request)

    def save_session(
        self, app: flask.Flask, session: flask.sessions.SessionMixin, response: flask.wrappers.Response
    ) -> None:
        """Set the cookie, but never a program's."""
        if bearer_of(flask.request) is None:
            super().save_session(app, session, response)

    def get_cookie_name(self, app: flask.Flask) -> str:
        """The cookie's name; bound to this very host where the way is encrypted."""
        return cookie_name(FORM, flask.request.is_secure)

    def get_cookie_secure(self, app: flask.Flask) -> bool:
        """Whether the cookie is sent over encrypted ways only."""
        return bool(flask.request.is_secure)

    def get_signing_serializer(self, app: flask.Flask) -> URLSafeTimedSerializer | None:
        """What signs the cookie, with the keys as they are now."""
        keys, made = self._signing.now, self._made
        if made[1] is None or made[0] != keys:
            signer = {"key_derivation": self.key_derivation, "digest_method": self.digest_method}
            serializer = TaggedJSONSerializer()
            made = keys, URLSafeTimedSerializer(list(keys), salt=self.salt, serializer=serializer, signer_kwargs=signer)
            self._made = made
        return made[1]
