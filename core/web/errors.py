"""Errors as pages in the site's look, or as JSON: a status, a sentence, and a number that stands in the log."""

import logging
import math
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus

from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from core.errors import Elsewhere, FieldError, InputError, LoginNeeded, Refusal, TooMany, Unavailable, UpstreamError
from core.sentences import Sentence
from core.web.limits import TooOften

log = logging.getLogger("hm3.web")

_TITLES = {
    400: Sentence("That request cannot be understood"),
    401: Sentence("Please log in"),
    403: Sentence("Not allowed"),
    404: Sentence("Not found"),
    405: Sentence("Not possible here"),
    406: Sentence("Not in this format"),
    408: Sentence("That took too long"),
    409: Sentence("It has changed in the meantime"),
    413: Sentence("Too much at once"),
    421: Sentence("Not this host"),
    422: Sentence("Something is not right yet"),
    429: Sentence("Too many requests"),
    500: Sentence("Something went wrong"),
    502: Sentence("The mail server is in trouble"),
    503: Sentence("This site is not ready right now"),
}
_REASONS = {
    404: Sentence("There is no such page."),
    405: Sentence("This address does not take that kind of request."),
    413: Sentence("More was sent than this site takes at once."),
    429: Sentence("Please wait a moment and try again."),
}
_STAYS = Sentence("You are still logged in. Please try again in a moment.")
_SOON = (("Retry-After", "30"),)


@dataclass(frozen=True)
class Problem:
    """What to tell of an error."""

    status: int
    title: str
    reason: str
    reference: str
    fields: tuple[FieldError, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    code: str = ""


def explain_error(error: Exception, where: str) -> Problem:
    """What to tell of an error, after writing to the log what an admin can act on."""
    reference = secrets.token_hex(4)
    if isinstance(error, UpstreamError):
        log.warning("%s %s: %s", reference, where, error)
        return _problem(502, str(error), reference)
    if isinstance(error, Elsewhere):
        # Anybody can bring that about, and harms nobody but themselves.
        log.info("%s %s: refused, its session is served by another worker", reference, where)
        return _problem(503, Sentence.joined((str(error), _STAYS)), reference, headers=(("Retry-After", "1"),))
    if isinstance(error, Unavailable):
        log.error("%s %s: %s Asked: %s", reference, where, error, error.reason)
        return _problem(503, Sentence.joined((str(error), _STAYS)), reference, headers=_SOON)
    if isinstance(error, OperationalError | InterfaceError):
        log.error("%s %s: the database does not answer", reference, where, exc_info=error)
        told = Sentence("The database of this site does not answer.")
        return _problem(503, Sentence.joined((told, _STAYS)), reference, headers=_SOON)
    if isinstance(error, CSRFError):
        log.info("%s %s: refused, %s", reference, where, error.description)
        return _problem(
            400, Sentence("This form was open for too long, or came from elsewhere. Please try again."), reference
        )
    if isinstance(error, TooOften):
        log.warning("%s %s: too many requests", reference, where)
        return _problem(429, _REASONS[429], reference, headers=(("Retry-After", "60"),))
    if isinstance(error, Refusal):
        log.info("%s %s: refused, %s", reference, where, type(error).__name__)
        fields = error.errors if isinstance(error, InputError) else ()
        wait = retry_after(error.wait) if isinstance(error, TooMany) else ()
        return replace(_problem(int(error.status), str(error), reference, fields, wait), code=error.code)
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        log.info("%s %s: %s", reference, where, error.code)
        return _problem(
            error.code,
            _REASONS.get(error.code, Sentence("That request cannot be understood.")),
            reference,
            headers=_allow(error),
        )
    log.error("%s %s: unexpected error", reference, where, exc_info=error)
    return _problem(500, Sentence("This is a mistake of the program. It was written to the log."), reference)


def retry_after(wait: timedelta | None) -> tuple[tuple[str, str], ...]:
    """The header that tells how long to wait (RFC 9110 10.2.3), where that is known."""
    return (("Retry-After", str(math.ceil(wait.total_seconds()))),) if wait is not None else ()


def is_kept(error: Exception) -> bool:
    """Whether what was typed into the refused form should be offered again: the person did nothing wrong."""
    return isinstance(error, CSRFError | LoginNeeded | TooOften) and not isinstance(error, RequestEntityTooLarge)


def _problem(
    status: int,
    reason: str,
    reference: str,
    fields: tuple[FieldError, ...] = (),
    headers: tuple[tuple[str, str], ...] = (),
) -> Problem:
    title = _TITLES.get(status, HTTPStatus(status).phrase)
    return Problem(status, title, reason, reference, fields, headers)


def _allow(error: HTTPException) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in error.get_headers() if name == "Allow")
