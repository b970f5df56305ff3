"""What the module discovery offers: finding servers."""

from modules.discovery.config import DiscoveryConfig
from modules.discovery.finder import Discovery
from modules.discovery.resolver import Resolver
from modules.discovery.web import Web


def open_discovery(config: DiscoveryConfig) -> Discovery:
    """The way to servers, for this process. Raises ConfigError where the machine names no name servers."""
    resolver = Resolver(config)
    return Discovery(config, config.read_table(), resolver, Web(resolver, config.tls_options, config.seconds))
