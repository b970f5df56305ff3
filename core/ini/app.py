"""The sections of hm3.ini that belong to the core: [app] and [modules]."""

import ipaddress
import re
from dataclasses import dataclass
from enum import Enum
from os.path import isfile  # unlike that of a Path, it says no where a folder above is closed
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from core.ini.schema import option
from core.ini.values import Size
from core.input.values import Count, Line
from core.zones import LONGEST, zone_named

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,62}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,62}[A-Za-z0-9])?)*")


class HostName(Line):
    """A host name such as mail.example.org, or an IP address."""

    __slots__ = ()
    longest = 253

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        if not _HOST.fullmatch(text) and not is_address(text):
            raise ValueError("is not a host name like mail.example.org")
        return cls(super().parse(text).lower())


class Bind(Line):
    """An address and a port to listen on, such as 127.0.0.1:8300 or [::1]:8300."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        host, colon, port = text.rpartition(":")
        if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65535:
            raise ValueError("is not an address with a port, like 127.0.0.1:8300")
        inner = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        if (":" in inner) != (inner is not host) or not (is_address(inner) or _HOST.fullmatch(inner)):
            raise ValueError("is not an address with a port, like 127.0.0.1:8300")
        return cls(text)

    @property
    def host(self) -> str:
        """The address or name without the port and without brackets."""
        return self.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port; 0 leaves the choice to the system."""
        return int(self.rpartition(":")[2])

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if is_address(self.host):
            return ipaddress.ip_address(self.host).is_loopback
        return self.host.lower() == "localhost"


class SiteAddress(Line):
    """The address that people type, such as https://mail.example.org."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        reason = "is not an address like https://mail.example.org"
        try:
            parts = urlsplit(super().parse(text))
            port = parts.port
        except ValueError:
            raise ValueError(reason) from None
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or port == 0:
            raise ValueError(reason)
        if not _HOST.fullmatch(parts.hostname) and not is_address(parts.hostname):
            raise ValueError(reason)
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError("holds more than a host; hm3 needs a host name of its own, without a path")
        return cls(f"{parts.scheme}://{parts.netloc.lower()}")


class LogLevel(Enum):
    """How much is written to the log."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class ZoneName(Line):
    """A time zone's name in the IANA database, such as Europe/Berlin."""

    __slots__ = ()
    longest = LONGEST

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        if zone_named(text) is None:
            raise ValueError("is not a time zone like Europe/Berlin")
        return super().parse(text)


class Threads(Count):
    """A number of threads."""

    __slots__ = ()
    least = 2
    most = 1024


class Workers(Count):
    """A number of processes that serve."""

    __slots__ = ()
    least = 1
    most = 64


class Proxies(Count):
    """A number of proxies."""

    __slots__ = ()
    most = 8


@dataclass(frozen=True)
class AppConfig:
    """The site as a whole: where it keeps its data, where it listens and who it believes."""

    data: Path = option(Path("data"), help="The one folder that hm3 writes to. Everything to back up is in it.")
    name: Line = option(Line("hm3"), help="What the site is called in titles and on the login page.")
    address: SiteAddress | None = option(
        None,
        help="The address that people type. Requests that come from another site's pages are refused by it. "
        "Without it, the host that the browser asks for counts.",
    )
    content_origin: SiteAddress | None = option(
        None,
        help="A second address at which the same hm3 is reached, such as https://mailcontent.example.org, for the "
        "texts and attachments of messages alone: no cookie is read or set there. Needs a host name of its own, and "
        "address. Without it they are shown at address, under rules of their own.",
    )
    bind: Bind = option(
        Bind("127.0.0.1:8300"),
        help="Where hm3 serve listens. Anything but this machine's own addresses needs a proxy in front that "
        "speaks TLS: see trusted_proxies.",
    )
    trusted_proxies: Proxies = option(
        Proxies(0),
        help="How many proxies stand between hm3 and its visitors. The client's address, scheme and host are then "
        "taken from the last so many X-Forwarded headers; with 0 these headers are ignored.",
    )
    allowed_hosts: tuple[HostName, ...] = option(
        (),
        help="Host names that hm3 answers to; the host of address is always one of them. With neither, any host.",
    )
    threads: Threads = option(
        Threads(64), help="How many requests are served at once. Open tabs that wait for new mail hold none."
    )
    workers: Workers = option(
        Workers(1),
        help="How many processes serve, each with so many threads: as many as there are processors, on a busy site. "
        "All sessions of a user are served by the same one.",
    )
    one_processor: bool = option(
        True,
        help="Whether each of these processes keeps to one processor, which lets it answer about half as much again "
        "when several people work at once. Without it, the system moves them about.",
    )
    largest_request: Size = option(
        Size(64_000_000), help="The most that a visitor may send at once, attachments included."
    )
    time_zone: ZoneName = option(
        ZoneName("UTC"),
        help="The time zone of dates for whoever chose none in the settings and whose browser tells none, as without "
        "scripts.",
    )
    log_level: LogLevel = option(LogLevel.INFO, help="How much is written to the log, which goes to standard error.")

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        if isfile(self.data):
            raise ValueError(f"data = {self.data} is a file. Name a folder.")
        if self.content_origin is None:
            return
        if self.address is None:
            raise ValueError("content_origin needs address: name the address that people type there.")
        content, main = urlsplit(self.content_origin), urlsplit(self.address)
        if content.scheme != main.scheme:
            raise ValueError(f"content_origin begins with {content.scheme}, and address with {main.scheme}. Use one.")
        if content.hostname == main.hostname:
            # Cookies are sent to every port of a host.
            raise ValueError("content_origin names the host of address. Give it a host name of its own.")


@dataclass(frozen=True)
class ModulesConfig:
    """Which modules run and where others are found. Besides these options, each module's name takes `on` or `off`."""

    order: tuple[Line, ...] = option(
        (),
        help="The modules in the order in which their guards run and their menu entries stand. Those not named "
        "follow in their usual order.",
    )
    path: Path | None = option(None, help="A folder of further modules, each in a folder of its own.")
    overrides: Path | None = option(
        None,
        help="A folder of this site's own changes, loaded last: templates/ in place of the shipped ones, colours.css, "
        "and override.py with a module that replaces handlers.",
    )


def is_address(text: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
