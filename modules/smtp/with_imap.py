"""What IMAP adds to SMTP: the submission server gets the name and password that the mailbox was opened with."""

from core import Session
from modules.imap.api import PASSWORD, USERNAME
from modules.smtp.connection import Credentials
from modules.smtp.module import module


@module.service
def login_credentials(session: Session) -> Credentials | None:
    """The user's own; None for somebody who logged in without a mailbox's password."""
    if not (session.has_secret(USERNAME) and session.has_secret(PASSWORD)):
        return None
    return Credentials(str(session.secret(USERNAME)), session.secret(PASSWORD))
