"""SMTP: hands outgoing mail to a submission server, with the name and password of whoever sends it."""

from collections.abc import Iterator

from core import Module, UpstreamError
from modules.mail.api import Submission
from modules.smtp.client import SmtpSubmission
from modules.smtp.config import Authentication, SmtpConfig
from modules.smtp.connection import Credentials

module = Module("smtp", requires=("mail",))
module.config(SmtpConfig)


@module.service
def open_submission(config: SmtpConfig, login: Credentials | None) -> Iterator[Submission]:
    """The way to the submission server; nothing is opened before something is submitted."""
    submission = SmtpSubmission(config, lambda: credentials(config, login))
    yield submission
    submission.close()


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
