"""The values of discovery: mail addresses and domains, names and ports of servers, addresses of name servers."""

import ipaddress
import re
from typing import ClassVar, Self

import idna

from core import Line, Sentence

# RFC 5321 4.1.2, a dot-string; quoted local parts are left to whoever still has one.
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_LONGEST_LOCAL_PART = 64
_LONGEST_NAME = 253


def _is_name(text: str) -> bool:
    """Whether this is a name of the net in ASCII and lower case, with two labels at least, and no address."""
    labels = text.split(".")
    return (
        len(labels) > 1
        and len(text) <= _LONGEST_NAME
        and all(_LABEL.fullmatch(label) for label in labels)
        and labels[-1][0].isalpha()  # what ends in a number is an address, in one spelling or another
    )


def _in_ascii(text: str) -> str:
    """A name in ASCII and lower case (IDNA 2008). Raises ValueError where it has none."""
    name = text.strip().rstrip(".").lower()
    if name.isascii():
        return name
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError(Sentence("is not a name like mail.example.org")) from error


class Domain(Line):
    """A mail domain, in ASCII and lower case, such as example.org."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        name = _in_ascii(super().parse(text))
        if not _is_name(name):
            raise ValueError(Sentence("is not a mail domain like example.org"))
        return cls(name)


class HostName(Line):
    """The name of a server, in ASCII and lower case; never an address. localhost is one too, and is this machine."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the field's name."""
        name = _in_ascii(super().parse(text))
        if not _is_name(name) and name != "localhost":
            raise ValueError(Sentence("is not a name like mail.example.org"))
        return cls(name)

    def is_within(self, domain: str) -> bool:
        """Whether this is the domain itself or a name below it."""
        return self == domain or self.endswith(f".{domain}")


class MailAddress(Line):
    """A mail address in one spelling: lower case, the domain in ASCII."""

    __slots__ = ()
    longest: ClassVar[int] = 320

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the field's name."""
        local, at, domain = super().parse(text.strip()).rpartition("@")
        if not at or len(local) > _LONGEST_LOCAL_PART or not _LOCAL_PART.fullmatch(local):
            raise ValueError(Sentence("is not an address like ada@example.org"))
        return cls(f"{local.lower()}@{Domain.parse(domain)}")

    @property
    def local_part(self) -> str:
        """What stands before the @."""
        return self.rpartition("@")[0]

    @property
    def domain(self) -> Domain:
        """What stands after the @."""
        return Domain(self.rpartition("@")[2])


class NameServer(Line):
    """The address of a server that looks names up."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        try:
            return cls(ipaddress.ip_address(text.strip()))
        except ValueError:
            raise ValueError("is not an address like 192.0.2.53; a name server has no name of its own") from None
