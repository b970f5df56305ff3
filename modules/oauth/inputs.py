"""What the pages of oauth read: which provider is meant, and what a provider sends a browser back with."""

from typing import ClassVar

from core import Line, SitePath, cookie, form, inputs, path, query
from modules.oauth.values import ProviderName


class Sealed(Line):
    """What this site left with a browser that it sent to a provider."""

    __slots__ = ()
    longest: ClassVar[int] = 3500


class Told(Line):
    """What a provider sends back in the address."""

    __slots__ = ()
    longest: ClassVar[int] = 4096


class AccountOf(Line):
    """An account's name, or main."""

    __slots__ = ()
    longest: ClassVar[int] = 64


@inputs
class OneProvider:
    """Which provider."""

    provider: ProviderName = path()


@inputs
class Afterwards:
    """Where to go after the login."""

    next: SitePath | None = form(None)


@inputs
class WhichAccount:
    """The account that is connected again; none for a new one."""

    account: AccountOf | None = form(None)


@inputs
class OneAccount:
    """The account that is meant."""

    account: AccountOf = form()


@inputs
class Pending:
    """What this browser was sent away with."""

    oauth: Sealed = cookie(Sealed(""))


@inputs
class Answer:
    """What a provider sent the browser back with (RFC 6749 4.1.2, RFC 9207)."""

    state: Told = query(Told(""))
    code: Told = query(Told(""))
    iss: Told = query(Told(""))
    error: Told = query(Told(""))
