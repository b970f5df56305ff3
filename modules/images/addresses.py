"""The addresses of images, read strictly: what is not plainly one of the web is none."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, urljoin

import idna

from modules.images.errors import NotShown

LONGEST = 4000
_LONGEST_NAME = 253
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[^\s/?#\\@:\[\]<>\"'`%]+|\[[0-9A-Fa-f:.]{2,45}\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>[/?][^\s#<>\"`\\]*)?(?:#[^\s]*)?",
    re.IGNORECASE,
)  # one grammar in one place; no user, no password
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
# What browsers leave as it is in a path or a query, besides letters and digits.
_KEPT = "/?:@!$&'()*+,;=-._~%[]|^{}"
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class ImageAddress:
    """Where an image is. `host` is a name in ASCII and lower case, or an IP address without brackets."""

    scheme: str
    host: str
    port: int
    target: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotShown for what is no http or https address of one plain spelling."""
        found = _ADDRESS.fullmatch(text) if len(text) <= LONGEST else None
        if found is None:
            raise NotShown("this is no address of the web")
        scheme = found["scheme"].lower()
        port = int(found["port"]) if found["port"] else _PORTS[scheme]
        target = quote(found["target"] or "/", safe=_KEPT)
        return cls(scheme, _host(found["host"]), port, target if target.startswith("/") else f"/{target}")

    def follow(self, location: str) -> "ImageAddress":
        """Where a redirect leads. Raises NotShown where that is no address of the web, or is less safe than this."""
        try:
            there = ImageAddress.parse(urljoin(str(self), location.strip()))
        except ValueError as error:
            raise NotShown("a redirect leads to what is no address") from error
        if self.encrypted and not there.encrypted:
            raise NotShown("a redirect leads to where nothing is encrypted")
        return there

    @property
    def encrypted(self) -> bool:
        """Whether nobody on the way can read or change what is sent."""
        return self.scheme == "https"

    @property
    def place(self) -> str:
        """The host, and the port where it is not the usual one, as requests name them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def is_number(self) -> bool:
        """Whether the host is an IP address."""
        return ":" in self.host or self.host.rpartition(".")[2].isdigit()

    def __str__(self) -> str:
        return f"{self.scheme}://{self.place}{self.target}"


def _host(text: str) -> str:
    """A host in its one spelling. Raises NotShown for all others: numbers in disguise, names that none can have."""
    if text.startswith("["):
        try:
            return str(ipaddress.IPv6Address(text[1:-1]))
        except ValueError as error:
            raise NotShown("this is no IPv6 address") from error
    name = text.lower().removesuffix(".")
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except idna.IDNAError as error:
            raise NotShown("no host has such a name") from error
    labels = name.split(".")
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise NotShown("no host has such a name")
    # What ends in a number is an IPv4 address to browsers, in one of many spellings. Here it has one alone.
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError as error:
            raise NotShown("this is an IPv4 address in a strange spelling") from error
    return name
