"""Counts beside mailboxes where the server has no LIST-STATUS (RFC 5819): a STATUS for each, all in one go."""

from contextlib import suppress

from core import NotFound, Refusal
from modules.imap.errors import ServerRefused
from modules.imap.lease import Lease
from modules.imap.names import Literal
from modules.imap.roles import in_order
from modules.mail.api import Mailbox, MailboxName

_MOST_COUNTED = 100


def count_apart(lease: Lease, mailboxes: list[Mailbox]) -> dict[MailboxName, tuple[int, int]]:
    """Counts of what people look at: INBOX, what has a role, what is subscribed to; not endless.

    What the server does not count is left out.
    """
    looked_at = [one.name for one in in_order(mailboxes) if one.selectable and (one.role or one.subscribed)]
    wanted = [name for name in looked_at[:_MOST_COUNTED] if name not in lease.moment.states]
    at_once = [name for name in wanted if not isinstance(lease.quoted(name), Literal)]
    lease.hear_states(at_once, lease.run_current(*map(lease.state_command, at_once)))
    for name in wanted:
        if name not in at_once:
            with suppress(NotFound, ServerRefused, Refusal):
                lease.state(name)
    known = lease.moment.states
    return {name: (known[name].messages, known[name].unseen) for name in looked_at if name in known}
