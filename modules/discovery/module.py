"""Discovery: finds the mail servers of an address, and lets people log in there once they have confirmed them."""

from core import Module
from modules.discovery.config import DiscoveryConfig
from modules.discovery.services import open_discovery

module = Module("discovery", requires=("login", "imap"), on=False)

module.config(DiscoveryConfig)
module.shared(open_discovery)
