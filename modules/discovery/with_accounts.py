"""What discovery adds to accounts: the form of a new one is filled in with the servers of its address."""

from core import Sentence, tls
from modules.accounts.api import Encryption, FoundMailbox, MailboxFinder, SavedServer
from modules.discovery.finder import Discovery
from modules.discovery.model import FoundServer, PasswordRule
from modules.discovery.module import module
from modules.discovery.values import MailAddress

_APP_PASSWORD = Sentence("This provider takes a password that you make for hm3 on its own pages, an app password.")
_NO_PASSWORD = Sentence("This provider takes no passwords from mail programs.")


class _Finder:
    def __init__(self, discovery: Discovery) -> None:
        self._discovery = discovery

    def find(self, address: str) -> FoundMailbox | None:
        found = self._discovery.find(MailAddress.parse(address))
        if found is None:
            return None
        told = {PasswordRule.APP: _APP_PASSWORD, PasswordRule.NONE: _NO_PASSWORD}.get(found.passwords, "")
        return FoundMailbox(
            address, found.imap.username, _server(found.imap), _server(found.smtp) if found.smtp else None, told
        )


@module.service
def find_mailboxes(discovery: Discovery) -> MailboxFinder:
    """Servers of further mailboxes are found as those of a login are."""
    return _Finder(discovery)


def _server(found: FoundServer) -> SavedServer:
    encryption = Encryption.TLS if found.security is tls.Security.TLS else Encryption.STARTTLS
    return SavedServer(str(found.host), found.port, encryption)
