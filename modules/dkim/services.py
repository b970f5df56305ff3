"""What the module dkim offers: checking the signatures of messages."""

from core import User, lookup
from modules.dkim.checker import Checker, Findings
from modules.dkim.config import DkimConfig
from modules.mail.api import MailStore
from modules.trust.api import SignatureCheck


class KeyNames(lookup.Lookup):
    """Asks name servers for the keys of signatures."""


def open_names(config: DkimConfig) -> KeyNames:
    """The way to the keys, for this process."""
    return KeyNames(config.resolvers, int(config.resolver_port))


def keep_findings() -> Findings:
    """What was found lately."""
    return Findings()


def open_checker(user: User, store: MailStore, names: KeyNames, config: DkimConfig, kept: Findings) -> Checker:
    """Checks the messages of the user who asks."""
    return Checker(user.name, store, names, config, kept)


def offer_check(checker: Checker) -> SignatureCheck:
    """The same for other modules, such as before a mailing list is left by one click."""
    return checker
