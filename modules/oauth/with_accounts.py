"""What oauth adds to accounts: further mailboxes that are connected by their providers, without any password."""

from core import Fragment, Secret, Sentence, tls
from modules.accounts.api import (
    Accounts,
    AccountsPage,
    AccountTokens,
    Encryption,
    SavedAccount,
    SavedServer,
    accounts_page,
    connect_slot,
    new_name,
)
from modules.oauth.access import AccessTokens
from modules.oauth.config import ProviderConfig
from modules.oauth.connecting import Connected, Connecting
from modules.oauth.errors import Denied
from modules.oauth.module import module
from modules.oauth.presets import MailServer
from modules.oauth.providers import Providers
from modules.oauth.results import ConnectWays, Lost
from modules.oauth.showing import way_of


class ConnectedAccounts:
    """Keeps mailboxes that were connected among the saved accounts."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def keep(self, connected: Connected, provider: ProviderConfig) -> str:
        """The account's name. Raises Conflict where there is no room, and Denied where it is another mailbox."""
        if connected.account:
            return self._again(connected)
        name, imap = new_name(), _server(provider.imap)
        assert imap is not None, "hm3.ini gives a provider with mail its server"
        account = SavedAccount(
            name,
            "",
            connected.address,
            connected.display_name,
            connected.username,
            imap,
            _server(provider.smtp),
            str(provider.provider),
        )
        for other in self._accounts.all():
            if other.opens_like(account):
                return other.name
        self._accounts.add(account)
        return name

    def _again(self, connected: Connected) -> str:
        account = next((one for one in self._accounts.all() if one.name == connected.account), None)
        if account is None or account.provider != connected.provider or account.username != connected.username:
            raise Denied(
                Sentence(
                    "You were logged in at the provider as %(name)s, which is another mailbox. Choose the right one "
                    "there.",
                    name=connected.username,
                )
            )
        return account.name


class SavedTokens:
    """Opens saved accounts with tokens."""

    def __init__(self, providers: Providers, access: AccessTokens) -> None:
        self._providers = providers
        self._access = access

    def knows(self, account: SavedAccount) -> bool:
        """Whether the account's provider is one of hm3.ini."""
        return bool(account.provider) and self._providers.find(account.provider) is not None

    def token(self, account: SavedAccount) -> Secret:
        """A token that works now. Raises SetupNeeded where the account has to be connected again, and UpstreamError."""
        return self._access.token(account.name)

    def refused(self, account: SavedAccount) -> None:
        """The mail server did not take the token: get another. Raises what `token` raises."""
        self._access.refused(account.name)

    def forget(self, account: SavedAccount) -> None:
        """Erase what opens the account, and have the provider forget it."""
        self._access.disconnect(account.name)


@module.service
def keep_connected(accounts: Accounts) -> Connecting:
    """Mailboxes that were connected become saved accounts."""
    return ConnectedAccounts(accounts)


@module.service
def open_saved(providers: Providers, access: AccessTokens) -> AccountTokens:
    """Saved accounts of providers are opened with tokens."""
    return SavedTokens(providers, access)


@module.handler(accounts_page)
def offer_providers(page: AccountsPage, providers: Providers, access: AccessTokens) -> ConnectWays:
    """The providers whose mailboxes can be connected, and the accounts that have to be connected again."""
    ways = {str(one.provider): way_of(one) for one in providers.all() if one.mail}
    lost = [one for one in page.saved if one.provider in ways and not access.is_connected(one.name)]
    return ConnectWays(tuple(ways.values()), tuple(Lost(one.name, one.title, ways[one.provider]) for one in lost))


@module.output(connect_slot)
def show_providers(connect: ConnectWays) -> Fragment | None:
    """The buttons that connect a mailbox by its provider."""
    return Fragment.of("oauth/connect.html", connect=connect) if connect.ways else None


def _server(server: MailServer | None) -> SavedServer | None:
    if server is None:
        return None
    encryption = Encryption.STARTTLS if server.security is tls.Security.STARTTLS else Encryption.TLS
    return SavedServer(server.host, server.port, encryption)
