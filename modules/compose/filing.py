"""Where what is written is kept: in the mailbox with a role, as this session knows the mailboxes."""

from collections.abc import Iterable
from datetime import datetime

from core import NotFound
from modules.mail.api import Appended, MailboxName, MailStore, Role


def file_message(store: MailStore, role: Role, message: bytes, flags: Iterable[str], date: datetime) -> Appended | None:
    """Store a message in the mailbox with a role; None where there is none and the server lets none be made.

    The mailbox is the one that was listed last. Only where there is none, or it is gone by now, are they listed anew.
    """
    kept = tuple(flags)
    known = next((mailbox.name for mailbox in store.recall_mailboxes() if mailbox.role is role), None)
    if known is not None:
        try:
            return store.append(known, message, kept, date)
        except NotFound:
            # Another program renamed or deleted it: the server kept nothing.
            pass
    found: MailboxName | None = store.role_mailbox(role, create=True)
    return store.append(found, message, kept, date) if found is not None else None
