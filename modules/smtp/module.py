"""SMTP: hands outgoing mail to a submission server, with the name and password of whoever sends it."""

from collections.abc import Iterator

from core import Module, Session, User
from modules.mail.api import Submission
from modules.smtp.client import SmtpSubmission
from modules.smtp.config import Authentication, SmtpConfig
from modules.smtp.connection import Credentials

module = Module("smtp", requires=("mail",))
module.config(SmtpConfig)

# The session keeps the password of the login under this name.
PASSWORD = "password"


@module.service
def open_submission(config: SmtpConfig, session: Session, user: User) -> Iterator[Submission]:
    """The way to the submission server; nothing is opened before something is submitted."""
    submission = SmtpSubmission(config, lambda: credentials(config, session, user))
    yield submission
    submission.close()


def credentials(config: SmtpConfig, session: Session, user: User) -> Credentials | None:
    """Whose name and password the server gets. Raises LoginNeeded where the session no longer has them."""
    if config.authentication is Authentication.NONE:
        return None
    if config.authentication is Authentication.FIXED:
        assert config.username is not None and config.password is not None, "the config refuses anything else"
        return Credentials(config.username, config.password)
    return Credentials(user.name, session.secret(PASSWORD))
