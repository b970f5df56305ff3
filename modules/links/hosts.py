"""The hosts of links: as computers ask for them and as eyes see them, and which of them belong together."""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Self

import idna
from publicsuffixlist import PublicSuffixList

from modules.mail.api import readable

# What ends in one of these is an IPv4 address to browsers, in one of many spellings (the URL standard, "host parsing").
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_MOST_NUMBERS = 4
_PLAIN = re.compile(r"[a-z0-9.-]+", re.ASCII)


@dataclass(frozen=True)
class Host:
    """One host: its name in ASCII as it is asked for, its name as eyes see it, and how it was written.

    Of a number both are its usual spelling.
    """

    name: str
    seen: str
    written: str
    is_number: bool = False

    @classmethod
    def read(cls, written: str) -> Self:
        """The host that was written in an address, in small letters."""
        if written.startswith("["):
            return cls(_sixth(written), _sixth(written), written, True)
        name = _ascii(written)
        labels = name.split(".")
        if _NUMBER.fullmatch(labels[-1]):
            number = _fourth(labels)
            return cls(number or name, number or name, written, True)
        return cls(name, readable(name), written)

    @cached_property
    def is_foreign(self) -> bool:
        """Whether its name has letters beyond ASCII, or claims to."""
        if not self.seen.isascii():
            return True
        return "xn--" in self.name and any(label.startswith("xn--") for label in self.name.split("."))

    @cached_property
    def both(self) -> str:
        """Its name as eyes see it, and as it is asked for where that is another one."""
        return self.seen if self.seen == self.name else f"{self.seen} ({self.name})"


class Sites:
    """Which hosts belong to one site, and which endings of names there are (the Public Suffix List)."""

    def __init__(self) -> None:
        self._suffixes = _suffixes()

    def is_known(self, host: str) -> bool:
        """Whether a name ends as names on the net do."""
        return self._suffixes.publicsuffix(_ascii(host)) is not None

    def same(self, one: str, other: str) -> bool:
        """Whether two hosts belong to one site: what somebody registered, and all below it."""
        return self._site(one) == self._site(other)

    def _site(self, host: str) -> str:
        name = Host.read(host.lower().rstrip(".")).name
        found = self._suffixes.privatesuffix(name)
        return str(found) if found else ".".join(name.split(".")[-2:]) if not self.is_known(name) else name


@cache
def _suffixes() -> PublicSuffixList:
    """The list as the library brings it, which takes long to read and never changes."""
    return PublicSuffixList(accept_unknown=False)


def _ascii(host: str) -> str:
    """A host as browsers ask for it; what has no such form stays as it is."""
    if _PLAIN.fullmatch(host):
        return host
    try:
        return idna.encode(host, uts46=True, transitional=False).decode("ascii")
    except idna.IDNAError:
        return host


def _sixth(written: str) -> str:
    try:
        return str(ipaddress.IPv6Address(written.strip("[]")))
    except ValueError:
        return written.strip("[]")


def _fourth(labels: list[str]) -> str:
    """The usual spelling of an IPv4 address in any that browsers understand; nothing where they do not."""
    try:
        numbers = list(_numbers(labels))
    except ValueError:
        return ""
    if len(numbers) > _MOST_NUMBERS or any(number > 255 for number in numbers[:-1]):
        return ""
    last = numbers.pop()
    if last >= 256 ** (_MOST_NUMBERS - len(numbers)):
        return ""
    whole = sum(number << 8 * (3 - place) for place, number in enumerate(numbers)) + last
    return str(ipaddress.IPv4Address(whole))


def _numbers(labels: list[str]) -> Iterator[int]:
    for label in labels:
        if not _NUMBER.fullmatch(label) or len(label) > 40:
            raise ValueError(label)
        if label.startswith("0x"):
            yield int(label[2:] or "0", 16)
        else:
            yield int(label, 8 if len(label) > 1 and label.startswith("0") else 10)
