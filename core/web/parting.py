"""Why a session ended by itself, for the login page of its browser: a stranger has no session that could keep it."""

import flask

from core.sentences import pack, unpack
from core.visitor.session import Session

_WHY = "why"


def recall_why(session: Session) -> None:
    """Give a stranger's session the reason for which the one before it ended, where nobody has read it yet."""
    if session.visitor is None and (kept := flask.session.get(_WHY)):
        session.why = unpack(kept)


def keep_why(session: Session) -> None:
    """Keep the reason, signed, until the login page has shown it or somebody logs in."""
    why = session.why if session.visitor is None else ""
    if not why:
        flask.session.pop(_WHY, None)
    elif flask.session.get(_WHY) != pack(why):
        flask.session[_WHY] = pack(why)
