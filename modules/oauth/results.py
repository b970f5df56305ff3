"""What oauth shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Way:
    """A provider as people see it."""

    name: str
    title: str


@dataclass(frozen=True)
class LoginWays:
    """The providers by which people log in, and where to go afterwards."""

    ways: tuple[Way, ...]
    next: str


@dataclass(frozen=True)
class Leaving:
    """Where a browser goes next: the provider's own page."""

    title: str
    host: str
    address: str


@dataclass(frozen=True)
class MailLink:
    """The mailbox of somebody's login, and whether the provider still lets this site in."""

    address: str
    connected: bool


@dataclass(frozen=True)
class OauthSection:
    """How somebody logged in by a provider, and their mailbox there."""

    way: Way
    mail: MailLink | None


@dataclass(frozen=True)
class Lost:
    """A saved account whose provider lets this site in no more."""

    account: str
    title: str
    way: Way


@dataclass(frozen=True)
class ConnectWays:
    """The providers by which accounts are connected, and the accounts to be connected again."""

    ways: tuple[Way, ...]
    lost: tuple[Lost, ...]
