"""The provider table: servers that are known without asking, by the domain of an address or by who takes its mail."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core import ConfigError, Port, tls
from modules.discovery.model import FoundServer, FoundServers, PasswordRule, Source, encrypted
from modules.discovery.values import Domain, HostName, MailAddress

SHIPPED = Path(__file__).parent / "providers.toml"
_WORDS = frozenset(
    "name domains exchanges imap smtp sieve username smtp_username password oauth switch_on help".split()
)
_USERNAMES = ("address", "local part")


@dataclass(frozen=True)
class Place:
    """A server of a provider and how it is reached."""

    host: HostName
    port: int
    security: tls.Security

    @classmethod
    def read(cls, text: str) -> "Place":
        """A place from text such as imap.example.org:993 tls. Raises ValueError for anything else."""
        where, _, security = text.partition(" ")
        host, _, port = where.partition(":")
        return cls(HostName.parse(host), int(Port.parse(port)), encrypted(security.strip()))

    def known_as(self, username: str) -> FoundServer:
        """The server for somebody who logs in with a name."""
        return FoundServer(self.host, self.port, self.security, username)


@dataclass(frozen=True)
class Provider:
    """One provider: whose mail it keeps, where, and which names and passwords it takes."""

    name: str
    domains: frozenset[str]
    exchanges: tuple[str, ...]
    imap: Place
    smtp: Place | None
    sieve: Place | None
    username: str
    smtp_username: str
    passwords: PasswordRule
    oauth: str | None
    switch_on: bool
    help: str

    def servers_of(self, address: MailAddress) -> FoundServers:
        """The servers of somebody's mail here."""
        names = {"address": str(address), "local part": address.local_part}
        return FoundServers(
            self.imap.known_as(names[self.username]),
            self.smtp.known_as(names[self.smtp_username]) if self.smtp else None,
            self.sieve.known_as(names[self.username]) if self.sieve else None,
            Source.TABLE,
            self.oauth,
            self.name,
            self.passwords,
            self.switch_on,
            self.help,
        )


class ProviderTable:
    """All providers that are known; of several with one domain the first counts."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self._providers = tuple(providers)
        self._by_domain = {domain: provider for provider in reversed(self._providers) for domain in provider.domains}

    def of_domain(self, domain: Domain) -> Provider | None:
        """Whose addresses end in this domain."""
        return self._by_domain.get(domain)

    def of_exchange(self, host: str) -> Provider | None:
        """Who takes mail for other domains at this host (their MX record)."""
        for provider in self._providers:
            if any(host == exchange or host.endswith(f".{exchange}") for exchange in provider.exchanges):
                return provider
        return None


def read_table(*files: Path) -> ProviderTable:
    """The providers of several files, the first counting most. Raises ConfigError where one makes no sense."""
    return ProviderTable(provider for file in files for provider in _read(file))


def _read(file: Path) -> Iterable[Provider]:
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file}: the provider table cannot be read: {error}.") from error
    entries = told.get("provider", [])
    if not isinstance(entries, list) or set(told) - {"provider"}:
        raise ConfigError(f"{file}: a provider table holds entries that begin with [[provider]] and nothing else.")
    for number, entry in enumerate(entries, 1):
        try:
            yield _provider(entry)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            name = entry.get("name", f"number {number}") if isinstance(entry, dict) else f"number {number}"
            raise ConfigError(f"{file}: the provider {name} makes no sense: {error}.") from error


def _provider(entry: Mapping[str, object]) -> Provider:
    unknown = sorted(set(entry) - _WORDS)
    if unknown:
        raise ValueError(f"there is no {unknown[0]} in a provider")
    exchanges = tuple(HostName.parse(host) for host in _texts(entry, "exchanges"))
    username = _one_of(entry, "username", "address")
    if exchanges and username != "address":
        # A local part is one account of the provider, and another's at each domain that it serves.
        raise ValueError("with exchanges, username has to be the address")
    return Provider(
        str(entry["name"]),
        frozenset(Domain.parse(domain) for domain in _texts(entry, "domains")),
        exchanges,
        Place.read(str(entry["imap"])),
        Place.read(str(entry["smtp"])) if "smtp" in entry else None,
        Place.read(str(entry["sieve"])) if "sieve" in entry else None,
        username,
        _one_of(entry, "smtp_username", username),
        PasswordRule(entry.get("password", "account")),
        str(entry["oauth"]) if "oauth" in entry else None,
        entry.get("switch_on", False) is True,
        _page(str(entry.get("help", ""))),
    )


def _texts(entry: Mapping[str, object], name: str) -> list[str]:
    texts = entry.get(name, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError(f"{name} is not a list of names")
    return texts


def _one_of(entry: Mapping[str, object], name: str, default: str) -> str:
    chosen = str(entry.get(name, default))
    if chosen not in _USERNAMES:
        raise ValueError(f"{name} is neither address nor local part")
    return chosen


def _page(address: str) -> str:
    if address and not address.startswith("https://"):
        raise ValueError("help is not an address that begins with https")
    return address
