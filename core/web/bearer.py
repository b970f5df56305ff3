"""Programs that show a key or token in Authorization (RFC 6750): no cookie of theirs is read, and none is set."""

import flask

from core.errors import InputError, LoginNeeded, NotAllowed
from core.module import Page
from core.sentences import Sentence
from core.visitor.permissions import Access, Candidate, User

LONGEST_TOKEN = 4000
MOST_FIELDS = 100


def bearer_of(request: flask.Request) -> str | None:
    """The key or token that a program shows; None where a browser asks."""
    environ = request.environ
    if "HTTP_AUTHORIZATION" not in environ:
        return None
    told: str = environ["HTTP_AUTHORIZATION"]
    scheme, _, token = told.partition(" ")
    if scheme.lower() != "bearer":
        return None
    return token.strip() if len(token) <= LONGEST_TOKEN else ""


def refuse_bearer(token: str | None, page: Page, visitor: User | Candidate | None) -> None:
    """Raise LoginNeeded for a program whose token opens no session, and where a program's page is asked without one.

    A token stands for one user until it ends: NotAllowed is raised where it would log somebody in or out.
    """
    access = page.access
    if token is None and access is Access.PROGRAM:
        raise LoginNeeded(Sentence("Show the key of your program in Authorization."))
    if token is not None and access is not Access.PROGRAM and visitor is None:
        raise LoginNeeded(Sentence("This token is wrong, or has ended."))
    if token is not None and access is Access.ANYONE and page.method != "GET":
        raise NotAllowed(Sentence("This is for people. A program begins and ends with a page of its own."))


def ask_for_bearer(request: flask.Request, status: int) -> tuple[tuple[str, str], ...]:
    """What a refused program is told to show (RFC 6750 3)."""
    return (("WWW-Authenticate", "Bearer"),) if status == 401 and bearer_of(request) is not None else ()


def read_fields(request: flask.Request) -> dict[str, list[str]]:
    """What a program sent, as a form or as a flat JSON object. Raises InputError where it is neither."""
    if not request.is_json:
        return {name: request.form.getlist(name) for name in request.form}
    sent = _read_json(request)
    if not isinstance(sent, dict) or len(sent) > MOST_FIELDS:
        raise InputError("body", Sentence("is not a JSON object of names and texts"))
    return {name: [_text(name, value)] for name, value in sent.items() if value is not None}


def typed_name(request: flask.Request) -> str:
    """The name that a program wants to log in with, or nothing."""
    if bearer_of(request) is None:
        return ""
    sent = _read_json(request) if request.is_json else request.form
    name = sent.get("name", "") if isinstance(sent, dict) else ""
    return name if isinstance(name, str) else ""


def _read_json(request: flask.Request) -> object:
    """What was sent; None where it is no JSON, or is nested deeper than any program needs."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        return None


def _text(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int):
        return str(value)
    raise InputError(name, Sentence("is not a text"))
