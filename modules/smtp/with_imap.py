"""What IMAP adds to SMTP: the submission server gets the name and password that the mailbox was opened with."""

from core import Session
from modules.imap.api import PASSWORD, USERNAME
from modules.smtp.connection import Credentials
from modules.smtp.module import module


@module.service
def login_credentials(session: Session) -> Credentials:
    """The user's own. Raises LoginNeeded where the session no longer has them."""
    return Credentials(str(session.secret(USERNAME)), session.secret(PASSWORD))
