"""Every error the core raises on purpose. Anything else is a bug and becomes a 500."""

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from core.sentences import Sentence


class WebmailError(Exception):
    """Base of all deliberate errors."""


class WiringError(WebmailError):
    """A module asks for something the other modules do not offer. Raised at boot only."""


class ConfigError(WebmailError):
    """hm3.ini is wrong. The sentence names the file, the line, the reason and the way out."""


class WrongOption(WebmailError):
    """What an option of hm3.ini says turned out wrong when it was tried. Raised by checks alone."""

    def __init__(self, option: str, sentence: str) -> None:
        super().__init__(sentence)
        self.option = option


class Refusal(WebmailError):
    """A request we answer with a 4xx page. `str(error)` is safe to show to the visitor.

    `code` is a word for programs, where there is more to know than the status says.
    """

    status = HTTPStatus.BAD_REQUEST
    code = ""


@dataclass(frozen=True)
class FieldError:
    """One submitted field and why it was refused."""

    field: str
    reason: str


class InputError(Refusal):
    """Submitted values do not fit their declared types. Holds every field that was wrong."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, field: str, reason: str, *more: FieldError) -> None:
        self.errors = (FieldError(field, reason), *more)
        super().__init__(
            Sentence.joined((Sentence.joined((error.field, error.reason), ": ") for error in self.errors), "; ")
        )
        self.field = field
        self.reason = reason


class LoginNeeded(Refusal):
    """Nobody is logged in. HTML visitors are sent to the login page and come back after it."""

    status = HTTPStatus.UNAUTHORIZED


class SetupNeeded(Refusal):
    """Something of the user's has to be set up first. HTML visitors are sent to `path`, where they are told why."""

    status = HTTPStatus.CONFLICT

    def __init__(self, text: str, path: str) -> None:
        super().__init__(text)
        self.path = path


class NotAllowed(Refusal):
    """The visitor may not see this page."""

    status = HTTPStatus.FORBIDDEN


class NotFound(Refusal):
    """No such page, mailbox, message or part."""

    status = HTTPStatus.NOT_FOUND


class NotOffered(Refusal):
    """The page exists, but not in the format that was asked for."""

    status = HTTPStatus.NOT_ACCEPTABLE


class Conflict(Refusal):
    """What the visitor acted on has changed in the meantime."""

    status = HTTPStatus.CONFLICT


class LoggedInAgain(Conflict):
    """A form came from a page of a session that has ended; the visitor is in again, and nothing was done yet."""


class TooLarge(Refusal):
    """More was sent than is taken."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class TooMany(Refusal):
    """The visitor asks too often, and is told how long to wait where that is known."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, text: str, wait: timedelta | None = None) -> None:
        super().__init__(text)
        self.wait = wait


class TooSlow(Refusal):
    """What the visitor sends comes so slowly that it would keep others from being served."""

    status = HTTPStatus.REQUEST_TIMEOUT


class UpstreamError(WebmailError):
    """A mail, directory or captcha server failed or said no. `str(error)` is safe to show."""


class Unavailable(WebmailError):
    """A part of this site that it cannot do without does not answer. It becomes a 503 page and logs nobody out.

    `str(error)` is safe to show, `reason` is for logs.
    """

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text)
        self.reason = reason


class Elsewhere(Unavailable):
    """A request came to a worker that does not serve its session, and must not: it is to be sent again."""
