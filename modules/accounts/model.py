"""What a saved mail account is: whose it is to others, where its mail lies, and how to log in there."""

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar, Self

from core import Line, Sentence, outside, tls
from modules.mail.api import AccountName

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*", re.ASCII)
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\\[\]]{1,253}")


class HostName(Line):
    """The name of a mail server, in lower case, as it stands in its certificate."""

    __slots__ = ()
    longest: ClassVar[int] = 253

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the field's name."""
        try:
            name = text.strip().lower().rstrip(".").encode("idna").decode() if text.strip() else ""
        except UnicodeError:
            name = "-"
        if not name:
            raise ValueError(Sentence("is missing"))
        if not _HOST.fullmatch(name):
            raise ValueError(Sentence("is not the name of a server, such as imap.example.org"))
        return cls(name)


class Address(Line):
    """An email address."""

    __slots__ = ()
    longest: ClassVar[int] = 320

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the field's name."""
        found = super().parse(text.strip())
        if not found:
            raise ValueError(Sentence("is missing"))
        if not _ADDRESS.fullmatch(found):
            raise ValueError(Sentence("is not an email address, such as ada@example.org"))
        return found


class ShortName(Line):
    """What a person calls an account, or themselves in it."""

    __slots__ = ()
    longest: ClassVar[int] = 100


class Encryption(Enum):
    """How the connection to a server that a user names is encrypted; in the clear is not among it."""

    TLS = "tls"
    STARTTLS = "starttls"

    @property
    def security(self) -> tls.Security:
        """The same as mail servers' options have it."""
        return tls.Security(self.value)


@dataclass(frozen=True)
class SavedServer:
    """One server of an account."""

    host: str
    port: int
    encryption: Encryption = Encryption.TLS


@dataclass(frozen=True)
class SavedAccount:
    """One mail account that a user saved. Without a `provider` it is opened by a password."""

    name: AccountName
    label: str
    address: str
    display_name: str
    username: str
    imap: SavedServer
    smtp: SavedServer | None = None
    provider: str = ""
    has_secret: bool = field(default=False)

    @property
    def title(self) -> str:
        """What people read: their own name for it, or its address."""
        return self.label or self.address

    def opens_like(self, other: "SavedAccount") -> bool:
        """Whether the password of one may go where the other is: to the same servers, as the same user."""
        return (self.imap, self.smtp, self.username, self.provider) == (
            other.imap,
            other.smtp,
            other.username,
            other.provider,
        )


def is_inner(error: BaseException) -> bool:
    """Whether a server was refused for where it stands."""
    return isinstance(error, outside.NotOutside)
