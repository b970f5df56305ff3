"""What the pages of spam accept."""

from enum import Enum

from core import Line, SitePath, form, inputs, path
from modules.mail.api import AccountName, MailboxPath, Uid


@inputs
class Inbox:
    """Whose mail is looked through."""

    account: AccountName = path()
    mailbox: MailboxPath = path()


@inputs
class Message:
    """Which message."""

    account: AccountName = path()
    mailbox: MailboxPath = path()
    uid: Uid = path()

    @property
    def mail_path(self) -> str:
        """Where it is read."""
        return f"/mail/{self.account}/{self.mailbox.path}/{self.uid}"


class Whom(Enum):
    """Whom to block."""

    SENDER = "sender"
    DOMAIN = "domain"


@inputs
class Block:
    """Whom to block, and whether this message goes to Junk at once."""

    whom: Whom = form()


@inputs
class Unblock:
    """Who is to be blocked no longer: an address, or a domain after an @."""

    who: Line = form()
    next: SitePath | None = form(None)
