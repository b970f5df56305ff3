"""What the pages of unsubscribe accept."""

from core import inputs, path
from modules.mail.api import AccountName, MailboxPath, Uid


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
