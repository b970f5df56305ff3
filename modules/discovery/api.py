"""Discovery: what other modules may use of it, above all to set up an account from its address."""

from modules.discovery.finder import Discovery
from modules.discovery.handlers import log_in_there
from modules.discovery.model import FoundServer, FoundServers, PasswordRule, Source
from modules.discovery.module import confirm_page, confirm_slot, servers_page
from modules.discovery.results import ServersPage
from modules.discovery.values import HostName, MailAddress

__all__ = [
    "Discovery",
    "FoundServer",
    "FoundServers",
    "HostName",
    "MailAddress",
    "PasswordRule",
    "ServersPage",
    "Source",
    "confirm_page",
    "confirm_slot",
    "log_in_there",
    "servers_page",
]
