"""What the pages about found servers show."""

from dataclasses import dataclass

from modules.discovery.model import FoundServers, PasswordRule, Source, user_name
from modules.discovery.values import HostName, MailAddress


@dataclass(frozen=True)
class ServersPage:
    """The servers of an address, to be confirmed; `sealed` is the same for the form.

    `strangers` are the names that nobody but a record of the domain vouches for.
    """

    address: MailAddress
    servers: FoundServers | None
    sealed: str
    next: str
    by_hand: bool

    @property
    def name(self) -> str:
        """Under which name the login is tried."""
        return user_name(self.address, self.servers) if self.servers is not None else str(self.address)

    @property
    def strangers(self) -> tuple[HostName, ...]:
        """The servers' names that do not belong to the domain of the address."""
        return self.servers.strangers_to(self.address.domain) if self.servers is not None else ()

    @property
    def takes_password(self) -> bool:
        """Whether anybody can log in there with a password."""
        return self.servers is not None and self.servers.passwords is not PasswordRule.NONE

    @property
    def wants_app_password(self) -> bool:
        """Whether the provider takes a password of its own from mail programs."""
        return self.servers is not None and self.servers.passwords is PasswordRule.APP

    @property
    def is_named_by_hand(self) -> bool:
        """Whether the visitor named these servers."""
        return self.servers is not None and self.servers.source is Source.HAND


@dataclass(frozen=True)
class HandPage:
    """The form in which somebody names servers, with what it begins with."""

    address: MailAddress
    servers: FoundServers | None
    sealed: str
