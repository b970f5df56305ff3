"""Finding the servers of an address, so that nobody has to look them up."""

from dataclasses import dataclass
from typing import Protocol

from modules.accounts.model import SavedServer


@dataclass(frozen=True)
class FoundMailbox:
    """The servers that were found for an address; `told` is what people should know of logging in there."""

    address: str
    username: str
    imap: SavedServer
    smtp: SavedServer | None
    told: str = ""


class MailboxFinder(Protocol):
    """Finds servers, and says nothing to them. One module may offer it as a service."""

    def find(self, address: str) -> FoundMailbox | None:
        """The servers of an address; None where nobody tells of any. Raises Refusal where it may not be looked for."""
        ...
