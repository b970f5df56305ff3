"""A small net of a test's own: names, a web server, and the search that asks them."""

from dataclasses import dataclass
from datetime import timedelta

from core import Port
from modules.discovery.config import DiscoveryConfig
from modules.discovery.finder import Discovery
from modules.discovery.model import FoundServers
from modules.discovery.resolver import Resolver
from modules.discovery.values import MailAddress
from modules.discovery.values import NameServer as Address
from modules.discovery.web import Web
from tests.modules.discovery.web_server import WebServer
from tests.servers.dns import NameServer

DOMAIN = "found.test"
ADA = MailAddress(f"ada@{DOMAIN}")

CONFIG = """<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="found.test"><domain>found.test</domain>
<displayShortName>Found Mail</displayShortName>
<incomingServer type="pop3"><hostname>pop.found.test</hostname><port>995</port><socketType>SSL</socketType>
</incomingServer>
<incomingServer type="imap"><hostname>imap.found.test</hostname><port>993</port><socketType>SSL</socketType>
<username>%EMAILLOCALPART%</username><authentication>password-cleartext</authentication></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.%EMAILDOMAIN%</hostname><port>587</port><socketType>STARTTLS</socketType>
<username>%EMAILADDRESS%</username></outgoingServer>
</emailProvider></clientConfig>"""


@dataclass
class Net:
    """The servers of a test, and how the search asks them."""

    names: NameServer
    web: WebServer
    private: bool = True
    seconds: float = 20

    def config(self, **options: object) -> DiscoveryConfig:
        """What hm3.ini says of this net."""
        usual: dict[str, object] = {
            "resolvers": (Address("127.0.0.1"),),
            "resolver_port": Port(self.names.port),
            "ca_file": self.web.certificates.ca_file,
            "allow_private": self.private,
            "timeout": timedelta(seconds=self.seconds),
        }
        return DiscoveryConfig(**{**usual, **options})  # type: ignore[arg-type]  # each of its own type

    def discovery(self, **options: object) -> Discovery:
        """The search."""
        config = self.config(**options)
        resolver = Resolver(config)
        web = Web(resolver, config.tls_options, config.seconds, self.web.port)
        return Discovery(config, config.read_table(), resolver, web)

    def find(self, address: MailAddress = ADA, **options: object) -> FoundServers | None:
        """What is found for an address."""
        return self.discovery(**options).find(address)

    def here(self, *names: str) -> None:
        """Let names lead to this machine."""
        for name in names:
            self.names.says(name, "A", "127.0.0.1")


def told(found: FoundServers | None) -> list[str]:
    """The servers in short."""
    if found is None:
        return []
    servers = [found.imap, found.smtp, found.sieve]
    return [f"{one.username} {one.host}:{one.port} {one.security.value}" for one in servers if one is not None]
