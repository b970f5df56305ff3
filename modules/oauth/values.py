"""The values of [oauth.…] sections: names of providers, addresses, kinds, scopes, and claims that give roles."""

import re
from enum import Enum
from typing import ClassVar, Self
from urllib.parse import urlsplit

from core import Line, tls

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}", re.ASCII)
# RFC 6749 3.3: what a scope's name may hold.
_SCOPE = re.compile(r"[!#-\[\]-~]{1,200}", re.ASCII)
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)+", re.ASCII)
_CLAIM = re.compile(r"[A-Za-z][A-Za-z0-9_.:/-]{0,100}", re.ASCII)
_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,100}", re.ASCII)
_ROLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@+-]*", re.ASCII)


class ProviderName(Line):
    """What a provider is called in hm3.ini and in addresses, such as google or work."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a sentence of its own."""
        name = text.lower()
        if not _NAME.fullmatch(name):
            raise ValueError("is no name for a provider: take letters, digits and hyphens, as in [oauth.google].")
        return cls(name)


class WebAddress(Line):
    """An address like https://login.example.org; http is for this machine alone."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        reason = "is not an address like https://login.example.org"
        try:
            parts = urlsplit(super().parse(text))
            port = parts.port
        except ValueError:
            raise ValueError(reason) from None
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or port == 0:
            raise ValueError(reason)
        if parts.fragment or any(letter.isspace() for letter in text):
            raise ValueError(reason)
        if parts.scheme == "http" and not tls.is_loopback(parts.hostname):
            raise ValueError("would cross the network unencrypted; it has to begin with https://")
        return cls(text)


class Issuer(WebAddress):
    """An issuer as its tokens name it, such as https://login.example.org."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        if urlsplit(found := super().parse(text)).query:
            raise ValueError("holds a question mark, which no issuer has")
        return found


class Kind(Enum):
    """Which provider it is; of some the addresses, scopes and mail servers are known."""

    OTHER = "other"
    GOOGLE = "google"
    MICROSOFT = "microsoft"
    ZOHO = "zoho"


class Naming(Enum):
    """Which claim a user's name here is made of."""

    SUBJECT = "subject"
    EMAIL = "email"


class ClientLogin(Enum):
    """How the secret is shown to the provider (RFC 6749 2.3.1)."""

    AUTOMATIC = "automatic"
    BASIC = "client_secret_basic"
    POST = "client_secret_post"


class Scope(Line):
    """A scope's name."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        if not _SCOPE.fullmatch(text):
            raise ValueError("is not a list of scopes with commas between")
        return cls(text)


class Domain(Line):
    """The part of an address after the @, such as example.org."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        name = text.strip().lower().lstrip("@")
        if not _DOMAIN.fullmatch(name):
            raise ValueError("is not a domain like example.org")
        return cls(name)


class Claim(Line):
    """A claim's name."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        if not _CLAIM.fullmatch(text):
            raise ValueError("is not the name of a claim, such as email")
        return cls(text)


class Tenant(Line):
    """A directory at Microsoft: its id, one of its domains, or common, organizations or consumers."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        if not _TENANT.fullmatch(text):
            raise ValueError("is not the id of a tenant, a domain, common, organizations or consumers")
        return cls(text.lower())


class Region(Enum):
    """In which of Zoho's data centres the accounts are."""

    COM = "com"
    EU = "eu"
    IN = "in"
    AU = "com.au"
    JP = "jp"


class RoleValues(Line):
    """Roles with the values that give them, such as admin: mail-admins; support: helpdesk."""

    __slots__ = ()
    longest: ClassVar[int] = 20_000

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        values = super().parse(text.replace("\r", "").replace("\n", ";"))
        if not values.pairs:
            raise ValueError("names no role")
        if not all(_ROLE.fullmatch(role) and value for role, value in values.pairs):
            raise ValueError("is not a list like admin: mail-admins; support: helpdesk")
        return values

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Each role with a value that gives it."""
        parts = (part.partition(":") for part in self.split(";") if part.strip())
        return tuple((role.strip(), value.strip()) for role, _, value in parts)
