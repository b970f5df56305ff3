"""What IMAP adds to a directory: the mailbox is opened with the password that the directory took."""

from modules.imap.api import PASSWORD, USERNAME
from modules.ldap.module import module
from modules.ldap.results import MailboxLogin


@module.service
def open_mailbox() -> MailboxLogin:
    """Keep name and password where IMAP looks for them."""
    return MailboxLogin(USERNAME, PASSWORD)
