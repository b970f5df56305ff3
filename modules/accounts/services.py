"""What accounts offers: the user's saved accounts, and the ways to read and to send by them."""

from collections.abc import Callable

from core import AtFarewell, Database, ServerKeys, Session, User, UserSealed
from modules.accounts.access import SavedAccess
from modules.accounts.config import AccountsConfig
from modules.accounts.module import module
from modules.accounts.store import Accounts, SavedAccounts
from modules.accounts.tokens import AccountTokens
from modules.imap.api import Access, ImapConfig, MailAccess
from modules.mail.api import AccountName, MailAccount, OwnAddresses
from modules.smtp.api import Route, SmtpConfig, SubmissionAccess


@module.service
def open_saved(database: Database, keys: ServerKeys) -> SavedAccounts:
    """The saved accounts of all users."""
    return SavedAccounts(database, keys)


@module.service
def open_accounts(accounts: SavedAccounts, user: User, session: Session, config: AccountsConfig) -> Accounts:
    """The saved accounts of the user who asks."""
    return Accounts(accounts, user, session, config)


@module.service
def open_access(
    accounts: Accounts,
    session: Session,
    config: AccountsConfig,
    imap: ImapConfig,
    smtp: SmtpConfig,
    tokens: tuple[AccountTokens, ...],
) -> SavedAccess:
    """The ways to them."""
    return SavedAccess(accounts, session, config, imap, smtp, tokens)


class _Reading:
    def __init__(self, access: SavedAccess) -> None:
        self.all: Callable[[], tuple[MailAccount, ...]] = access.all
        self._access = access

    def find(self, name: AccountName | None) -> Access | None:
        return self._access.find_mailbox(name)


class _Sending:
    def __init__(self, access: SavedAccess) -> None:
        self._access = access

    def find(self, name: AccountName) -> Route | None:
        return self._access.find_submission(name)


@module.service
def read_by(access: SavedAccess) -> MailAccess:
    """Mail is read from the saved account that a request names."""
    return _Reading(access)


@module.service
def send_by(access: SavedAccess) -> SubmissionAccess:
    """Mail is sent by the saved account that it is written in."""
    return _Sending(access)


@module.service
def own_addresses(user: User, session: Session, accounts: Accounts) -> OwnAddresses:
    """The addresses of all accounts: the one that the user logged in to, and those that are saved."""
    addresses = [session.address or user.name, *[account.address for account in accounts.all()]]
    return OwnAddresses(tuple([address for address in addresses if "@" in address]))


@module.service
def seal_anew(accounts: SavedAccounts) -> UserSealed:
    """Saved accounts follow their user to a new data key."""
    return UserSealed("accounts", accounts.reseal)


@module.service
def forget_accounts(accounts: SavedAccounts) -> AtFarewell:
    """A user who takes their leave leaves no account here."""
    return AtFarewell(accounts.forget)
