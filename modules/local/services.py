"""What local accounts offer: logging in with them, keeping out who was disabled, and erasing them."""

from core import (
    AtFarewell,
    Authenticator,
    Clock,
    Database,
    Identity,
    LoginBar,
    OwnAuthenticator,
    PasswordHasher,
    Secret,
    ServerKeys,
    ServerSealed,
)
from modules.local.module import module
from modules.local.store import LocalAccounts


class LocalAuthenticator(OwnAuthenticator):
    """Logs in with the accounts in hm3's own database. As much is done for unknown names as for known ones."""

    name = "local"

    def __init__(self, accounts: LocalAccounts, hasher: PasswordHasher) -> None:
        self._accounts = accounts
        self._hasher = hasher

    def authenticate(self, username: str, password: Secret) -> Identity | None:
        """Who this is, or None where the name is unknown or disabled, or the password is wrong."""
        account = self._accounts.find(username)
        if account is None or account.disabled:
            self._hasher.verify(password, None)
            return None
        if not self._hasher.verify(password, account.hash):
            return None
        if self._hasher.is_outdated(account.hash):
            self._accounts.rehash(account, self._hasher.hash(password))
        return Identity(
            account.name,
            password=password,
            roles=account.roles,
            display_name=account.display_name,
            address=account.address,
        )


@module.service
def open_accounts(database: Database, keys: ServerKeys, clock: Clock) -> LocalAccounts:
    """The accounts of this site."""
    return LocalAccounts(database, keys, clock)


@module.service
def offer_authenticator(accounts: LocalAccounts, hasher: PasswordHasher) -> Authenticator:
    """Log-in with a local account."""
    return LocalAuthenticator(accounts, hasher)


@module.service
def bar_the_disabled(accounts: LocalAccounts) -> LoginBar:
    """Who was disabled comes in no other way either: by no passkey, no remembered browser and no other server."""

    def bars(name: str) -> bool:
        account = accounts.find(name)
        return account is not None and account.disabled

    return LoginBar(bars)


@module.service
def seal_anew(accounts: LocalAccounts) -> ServerSealed:
    """Accounts are sealed under the server's keys."""
    return ServerSealed("local accounts", accounts.reseal)


@module.service
def erase_account(accounts: LocalAccounts) -> AtFarewell:
    """The account is erased with everything else of its user."""
    return AtFarewell(accounts.delete, lambda name: accounts.find(name) is not None)
