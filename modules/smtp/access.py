"""By which submission server a request sends: the configured one, or that of another account of the user."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from core import UpstreamError
from modules.mail.api import AccountName, MailAccount, Submission, SubmissionLater
from modules.smtp.client import SmtpSubmission
from modules.smtp.config import Authentication, SmtpConfig
from modules.smtp.connection import Credentials


@dataclass(frozen=True)
class Route:
    """A submission server, and as whom to log in there. One that a user named has to be `outside`: on the open net."""

    config: SmtpConfig
    credentials: Credentials | None = field(repr=False)
    outside: bool = False


class SubmissionAccess(Protocol):
    """Submission servers of a user besides the configured one. Modules offer these as services."""

    def find(self, name: AccountName) -> Route | None:
        """That of the account of this name; None leaves it to the next module.

        Raises UpstreamError where the account is known and cannot send.
        """
        ...


def open_submission(
    config: SmtpConfig, login: Credentials | None, account: MailAccount | None, others: tuple[SubmissionAccess, ...]
) -> Iterator[Submission]:
    """The way to the submission server; nothing is opened before something is submitted."""
    routes = (other.find(account.name) for other in others) if account is not None else ()
    route = next(filter(None, routes), None)
    if route is not None:
        found = route
        submission = SmtpSubmission(found.config, lambda: found.credentials, outside=found.outside)
    else:
        submission = SmtpSubmission(config, lambda: credentials(config, login))
    yield submission
    submission.close()


def offer_submission(
    config: SmtpConfig, login: Credentials | None, account: MailAccount | None, others: tuple[SubmissionAccess, ...]
) -> SubmissionLater:
    """The same way for what may need it later in a request."""
    return SubmissionLater(contextmanager(lambda: open_submission(config, login, account, others)))


def credentials(config: SmtpConfig, login: Credentials | None) -> Credentials | None:
    """Whose name and password the server gets. Raises UpstreamError where they have to be the user's and are not known.

    The user's own come from whichever module logged the user in, as a service.
    """
    if config.authentication is Authentication.NONE:
        return None
    if config.authentication is Authentication.FIXED:
        assert config.username is not None and config.password is not None, "the config refuses anything else"
        return Credentials(config.username, config.password)
    if login is None:
        raise UpstreamError(
            "Nobody here knows your password for sending mail. "
            "The admin should set [smtp] authentication = fixed or none."
        )
    return login
