"""Discovery: what other modules may use of it, above all to set up an account from its address."""

from modules.discovery.finder import Discovery
from modules.discovery.model import FoundServer, FoundServers, PasswordRule, Source
from modules.discovery.values import HostName, MailAddress, MailPort

__all__ = [
    "Discovery",
    "FoundServer",
    "FoundServers",
    "HostName",
    "MailAddress",
    "MailPort",
    "PasswordRule",
    "Source",
]
