"""What the module mtasts offers: the policies of mail domains."""

from core import lookup
from modules.mtasts.config import MtaStsConfig
from modules.mtasts.policies import Policies


def open_policies(config: MtaStsConfig) -> Policies:
    """What is known of mail domains, for this process."""
    return Policies(config, lookup.Lookup(config.resolvers, int(config.resolver_port)))
