"""Which mail account a request is about: the one of the login, or another one that a module knows of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from core import LoginNeeded, NotFound, Sentence, Session, SetupNeeded
from modules.imap.config import ImapConfig
from modules.imap.errors import WrongPassword
from modules.imap.login import Credentials
from modules.imap.server import Server
from modules.mail.api import AccountName, AskedAccount, MailAccount

PASSWORD = "imap.password"
USERNAME = "imap.username"
MAIN = AccountName("main")


@dataclass(frozen=True)
class Access:
    """A mail account, its server, and how to log in there.

    `refused` is told when the server takes the password no more, and may raise an error of its own; without it the
    session ends.
    """

    account: MailAccount
    server: Server
    credentials: Credentials = field(repr=False)
    refused: Callable[[WrongPassword], None] | None = field(default=None, repr=False)


class MailAccess(Protocol):
    """Mail accounts of a user besides the one that they logged in with. Modules offer these as services."""

    def all(self) -> tuple[MailAccount, ...]:
        """The accounts that it knows of, in their order. Nothing is connected to for that."""
        ...

    def find(self, name: AccountName | None) -> Access | None:
        """The account of this name, or without a name the one that counts now; None leaves it to the next module.

        Raises UpstreamError or SetupNeeded where the account is known and cannot be opened.
        """
        ...


@dataclass(frozen=True)
class MailSetup:
    """Where a user who has no mail account names one. One module may offer it."""

    path: str


def find_access(
    session: Session,
    config: ImapConfig,
    asked: AskedAccount,
    others: tuple[MailAccess, ...],
    setup: MailSetup | None,
) -> Access:
    """The account that a request is about.

    Raises NotFound for one that is not the user's, SetupNeeded where they have none, and LoginNeeded where only a new
    login can bring back the password of the one they logged in with.
    """
    for other in others:
        found = other.find(asked.name)
        if found is not None:
            return found
    if asked.name not in (None, MAIN):
        raise NotFound(Sentence("You have no such account."))
    if not session.has_secret(PASSWORD):
        for other in others:
            for account in other.all() if asked.name is None else ():
                if (found := other.find(account.name)) is not None:
                    return found
    if setup is not None and not session.has_secret(PASSWORD):
        raise SetupNeeded(Sentence("Which mailbox do you want to read here? Name its server first."), setup.path)
    credentials = Credentials(str(session.secret(USERNAME)), session.secret(PASSWORD))

    def end_session(error: WrongPassword) -> None:
        # Whoever still counted as logged in would be sent on from the login page, where the new password belongs.
        why = Sentence("Your mail server no longer accepts the password with which you logged in. Log in again.")
        session.end(why)
        raise LoginNeeded(why) from error

    return Access(MailAccount(MAIN), config.server, credentials, end_session)


def tell_account(access: Access) -> MailAccount:
    """The account that a request is about, as other modules may know it."""
    return access.account
