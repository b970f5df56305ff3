"""How an account is opened without a password: a module keeps tokens for it."""

from typing import Protocol

from core import Secret
from modules.accounts.model import SavedAccount


class AccountTokens(Protocol):
    """Access tokens for the accounts of some providers. Modules offer these as services."""

    def knows(self, account: SavedAccount) -> bool:
        """Whether this account's provider is one of its own."""
        ...

    def token(self, account: SavedAccount) -> Secret:
        """A token that the account's servers take now.

        Raises SetupNeeded where the user has to connect the account again, and UpstreamError where the provider fails.
        """
        ...

    def refused(self, account: SavedAccount) -> None:
        """The mail server did not take the token: have another one at hand. Raises what `token` raises."""
        ...

    def forget(self, account: SavedAccount) -> None:
        """Erase the account's tokens at once, and revoke them at the provider; one that fails changes nothing."""
        ...
