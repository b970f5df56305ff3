"""The [images] section of hm3.ini: how images of other machines are fetched in place of readers."""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Self
from urllib.parse import urlsplit

from core import ConfigError, Count, Line, Size, option, tls


class Network(Line):
    """A network such as 10.0.0.0/8 or fd00::/8."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        try:
            return cls(ipaddress.ip_network(super().parse(text)))
        except ValueError:
            raise ValueError("is not a network like 10.0.0.0/8") from None

    def holds(self, address: str) -> bool:
        """Whether an IP address is in it."""
        return ipaddress.ip_address(address) in ipaddress.ip_network(self)


class WebPort(Count):
    """A TCP port."""

    __slots__ = ()
    least: ClassVar[int] = 1
    most: ClassVar[int] = 65535


class NameServer(Line):
    """The address of a server that looks names up."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        try:
            return cls(ipaddress.ip_address(super().parse(text)))
        except ValueError:
            raise ValueError("is not an IP address like 192.0.2.53") from None


class ProxyAddress(Line):
    """A proxy such as http://proxy.example.org:3128."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        reason = "is not an address like http://proxy.example.org:3128"
        try:
            parts = urlsplit(super().parse(text))
            host, port = parts.hostname, parts.port
        except ValueError:
            raise ValueError(reason) from None
        if parts.scheme != "http" or not host or not port or "@" in parts.netloc or parts.path not in ("", "/"):
            raise ValueError(reason)
        return cls(f"http://{parts.netloc}")

    @property
    def place(self) -> tuple[str, int]:
        """Its host and port."""
        parts = urlsplit(self)
        return parts.hostname or "", parts.port or 0


class PerMinute(Count):
    """How many in a minute."""

    __slots__ = ()
    least: ClassVar[int] = 1
    most: ClassVar[int] = 100_000


@dataclass(frozen=True)
class ImagesConfig:
    """Images of messages that stand on other machines, fetched by this site in place of its readers' browsers."""

    timeout: timedelta = option(
        timedelta(seconds=10), help="How long to wait for an image, with all that it is redirected to."
    )
    largest: Size = option(Size(10_000_000), help="The largest image that is fetched.")
    per_minute: PerMinute = option(PerMinute(600), help="How many images are fetched for one user in a minute.")
    cache: Size = option(
        Size(200_000_000),
        help="How much room images take in the data folder, encrypted, until their reader logs out. The oldest go.",
    )
    ports: tuple[WebPort, ...] = option(
        (WebPort(80), WebPort(443)), help="The only ports of web servers that are connected to."
    )
    outgoing_proxy: ProxyAddress | None = option(
        None,
        help="A proxy to connect through (CONNECT), such as http://proxy.example.org:3128. Names are looked up here, "
        "and the proxy is asked for the addresses that were checked.",
    )
    inner_networks: tuple[Network, ...] = option(
        (),
        help="Networks beside this machine whose images are shown too, such as that of an intranet. Whoever can write "
        "to a user of this site can then have it ask any web server there.",
    )
    ca_file: Path | None = option(
        None, help="A PEM file of the authorities to trust, in place of the system's. For a private authority."
    )
    resolvers: tuple[NameServer, ...] = option(
        (), help="The addresses of the name servers to ask. Without it, those of the system."
    )
    resolver_port: WebPort = option(WebPort(53), help="Their port.")

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        if not timedelta() < self.timeout <= timedelta(seconds=60):
            raise ValueError("timeout has to be longer than nothing and 60 s at most.")
        if not self.ports:
            raise ValueError("ports names none. Switch the module off instead: [modules] images = off.")
        try:
            tls.context_of(self.tls_options)
        except ConfigError as error:
            raise ValueError(str(error)) from error

    @property
    def tls_options(self) -> tls.TlsOptions:
        """Whom connections to web servers trust."""
        return tls.TlsOptions(ca_file=self.ca_file)
