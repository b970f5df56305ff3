"""What is told when a user did something with messages."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core import Refusal, UpstreamError
from modules.mail.inputs import Action
from modules.mail.model import MailboxName, Uid
from modules.mail.store import MailStore, Moved

log = logging.getLogger("hm3.mail")


@dataclass(frozen=True)
class Done:
    """What a user did with messages of a mailbox, which the mail server has done by now.

    `uids` are those that they had there, None where the mailbox was emptied. `moved` says where they went, or where
    copies of them are.
    """

    store: MailStore
    action: Action
    mailbox: MailboxName
    uids: tuple[Uid, ...] | None
    moved: Moved | None = None


@dataclass(frozen=True)
class AtAction:
    """Is told of what users of this site do with messages, and may raise a Refusal. Modules offer these as services.

    Opening a message that was unread counts, and so does taking back what was done. What other programs do, and what
    the site does by itself, does not.
    """

    tell: Callable[[Done], None]


def tell_of(done: Done, listeners: Iterable[AtAction]) -> None:
    """Tell each of them; what one of them raises is logged, for it is done."""
    for listener in listeners:
        try:
            listener.tell(done)
        except (UpstreamError, Refusal) as error:
            log.warning("after the action %s: %s", done.action.value, error)
