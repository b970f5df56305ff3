"""What the pages of accounts show."""

from dataclasses import dataclass

from modules.accounts.finding import FoundMailbox
from modules.accounts.model import SavedAccount
from modules.mail.api import AccountName


@dataclass(frozen=True)
class AccountsPage:
    """The user's mailboxes: that of the login, if it opened one, and the saved ones. Modules add further ways."""

    login: str
    saved: tuple[SavedAccount, ...]
    locked: bool
    full: bool
    by_password: bool = True


@dataclass(frozen=True)
class AccountFormPage:
    """The form of an account; of a new one where there is none yet, perhaps with the servers that were found for it."""

    account: SavedAccount | None
    locked: bool = False
    first: bool = False
    finds: bool = False
    asked: str = ""
    found: FoundMailbox | None = None


@dataclass(frozen=True)
class Choice:
    """One account as the switcher names it."""

    name: AccountName
    title: str
    current: bool


@dataclass(frozen=True)
class AccountSwitcher:
    """The mailboxes to choose from, where there is more than one."""

    choices: tuple[Choice, ...]
