"""What the pages of spam accept."""

from enum import Enum

from core import Line, SitePath, form, inputs, path
from modules.mail.api import AccountName, MailboxPath


@inputs
class Inbox:
    """Whose mail is looked through."""

    account: AccountName = path()
    mailbox: MailboxPath = path()


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
