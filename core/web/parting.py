"""Why a session ended by itself, for the login page of its browser: a stranger has no session that could keep it."""

import flask
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Request, Response

from core.sentences import pack, unpack
from core.visitor.session import Session
from core.web.cookies import NAMES
from core.web.forms import FormSession

_WHY = "why"


def recall_why(request: Request, session: Session) -> None:
    """Give a stranger's session the reason for which the one before it ended, where nobody has read it yet."""
    if session.visitor is None and (kept := _kept(request)):
        session.why = unpack(kept)


def keep_why(request: Request, response: Response, session: Session) -> None:
    """Keep the reason, signed, until the login page has shown it or somebody logs in.

    It has a cookie of its own: an answer that comes late must not change the token of a form that was opened meanwhile.
    """
    secure = request.is_secure
    name = NAMES[secure].why
    why = session.why if session.visitor is None else ""
    if not why:
        if name in request.cookies:
            response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="Lax")
    elif _kept(request) != pack(why):
        value = _serializer().dumps({_WHY: pack(why)})
        response.set_cookie(name, value, path="/", secure=secure, httponly=True, samesite="Lax")


def _kept(request: Request) -> object:
    """What the browser was given to keep, as it was packed; None where there is nothing, or another's work."""
    sent = request.cookies.get(NAMES[request.is_secure].why)
    if not sent:
        return None
    try:
        told = _serializer().loads(sent)
    except BadSignature:
        return None
    return told.get(_WHY)


def _serializer() -> URLSafeTimedSerializer:
    interface = flask.current_app.session_interface
    assert isinstance(interface, FormSession)
    serializer = interface.get_signing_serializer(flask.current_app)
    assert serializer is not None
    return serializer
