"""What is known of the ways out of a list, and how the one by one click is taken."""

from collections.abc import Callable
from dataclasses import dataclass

from core import Sentence, WebmailError
from modules.mail.api import AccountName
from modules.unsubscribe.model import Ways


class NotTaken(WebmailError):
    """A server did not take the request to send no more; `reason` says why, for people."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class OneClick:
    """Sends the request of RFC 8058 to an https address; raises NotTaken. One module may offer it as a service."""

    post: Callable[[str], None]


@dataclass(frozen=True)
class Offered:
    """That the open message names ways out, and whom they lead to."""

    path: str
    where: str


@dataclass(frozen=True)
class Leaving:
    """The page that asks which way to take.

    `signer` is the domain that stands by the request of one click; without it, `why_not` says why there is none.
    """

    account: AccountName
    message_path: str
    subject: str
    sender: str
    address: str
    ways: Ways
    signer: str = ""
    why_not: Sentence | None = None

    @property
    def letters(self) -> tuple[tuple[str, str], ...]:
        """The addresses that take a message, and where it can be written."""
        return tuple((str(one.to), one.compose_path(self.account)) for one in self.ways.letters)


@dataclass(frozen=True)
class Left:
    """What scripts learn after the request was taken."""

    text: str
