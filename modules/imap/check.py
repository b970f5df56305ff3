"""Whether the mail server of hm3.ini can be reached, and lets people log in."""

from core import WrongOption
from modules.imap.config import ImapConfig
from modules.imap.login import capabilities
from modules.imap.server import Mechanism

# Whoever comes with a token of a provider needs no password.
_TOKENS = {"AUTH=OAUTHBEARER", "AUTH=XOAUTH2"}
_NAMES = {Mechanism.SCRAM: "AUTH=SCRAM-SHA-256", Mechanism.PLAIN: "AUTH=PLAIN", Mechanism.LOGIN: "AUTH=LOGIN"}


def try_server(config: ImapConfig) -> str:
    """Connect and encrypt as users do, without a log-in."""
    server = config.server
    offered = capabilities(server)
    chosen = _NAMES.get(config.mechanism)
    by_command = "LOGINDISABLED" not in offered and config.mechanism in (Mechanism.AUTOMATIC, Mechanism.LOGIN)
    usable = {chosen} if chosen else set(_NAMES.values())
    if config.login and not by_command and not (usable | _TOKENS) & offered:
        raise WrongOption("mechanism", f"The mail server {server.host} offers no log-in of this kind.")
    return f"The mail server {server.host} at port {server.port} answers."
