"""What changes mailboxes: making, renaming, deleting, subscribing; and how much room there is."""

from collections.abc import Sequence

from core import Conflict, Refusal, Sentence
from modules.imap.client import Command, Reply
from modules.imap.errors import ServerRefused
from modules.imap.lease import Lease
from modules.imap.names import INBOX
from modules.imap.roles import NEW_NAMES
from modules.imap.tokens import Token, as_bytes, as_int, as_list
from modules.mail.api import Mailbox, MailboxName, Quota, Role

_KIBIBYTE = 1024
QUOTA = Command(b"GETQUOTAROOT", (b"INBOX",))


def placed(lease: Lease, name: MailboxName) -> MailboxName:
    """A new mailbox's name, below the personal prefix where the server has one (RFC 2342)."""
    prefix = lease.namespace().prefix
    if not prefix or name == INBOX or str(name).startswith(prefix):
        return name
    return MailboxName(prefix + name)


def create(lease: Lease, name: MailboxName, role: Role | None = None) -> MailboxName:
    """Make a mailbox and subscribe to it; its whole name. Raises Conflict where there is one."""
    whole = placed(lease, name)
    doing = Sentence("make the folder %(name)s", name=whole)
    if role is not None and lease.offers("CREATE-SPECIAL-USE"):
        use = b"(USE (\\%s))" % role.value.capitalize().encode("ascii")
        if not lease.connection.run(b"CREATE", lease.quoted(whole), use).ok:
            lease.ask(doing, b"CREATE", lease.quoted(whole), mailbox=whole)
    else:
        lease.ask(doing, b"CREATE", lease.quoted(whole), mailbox=whole)
    lease.ask(Sentence("subscribe to %(name)s", name=whole), b"SUBSCRIBE", lease.quoted(whole), mailbox=whole)
    return whole


def create_for_role(lease: Lease, role: Role) -> MailboxName | None:
    """Make the mailbox of a role under its usual name; None for roles whose mailbox only servers can make."""
    if role not in NEW_NAMES:
        return None
    name = MailboxName(NEW_NAMES[role])
    try:
        return create(lease, name, role)
    except Conflict:
        subscribe(lease, placed(lease, name), True)
        return placed(lease, name)


def rename(lease: Lease, name: MailboxName, new: MailboxName, mailboxes: Sequence[Mailbox]) -> MailboxName:
    """Rename a mailbox and those below it; subscriptions follow. The whole new name.

    Raises Refusal for INBOX, Conflict where there is one of that name.
    """
    if name == INBOX:
        raise Refusal(Sentence("The inbox cannot be renamed. Make a folder and move the messages there."))
    whole = placed(lease, new)
    lease.unselect(name)
    # The names that change, as the server writes them: they may not be had from the new ones.
    moving = [one for one in mailboxes if one.subscribed and _is_at_or_below(one.name, name, one.delimiter)]
    lease.ask(
        Sentence("rename %(name)s", name=name),
        b"RENAME",
        lease.quoted(name),
        lease.quoted(whole),
        mailbox=_blamed(name, whole),
    )
    for one in moving:
        lease.connection.run(b"UNSUBSCRIBE", lease.quoted(one.name))
        lease.connection.run(b"SUBSCRIBE", lease.quoted(MailboxName(whole + one.name[len(name) :])))
    return whole


def delete(lease: Lease, name: MailboxName) -> None:
    """Delete a mailbox with its messages; the subscription goes too. Raises Refusal for INBOX."""
    if name == INBOX:
        raise Refusal(Sentence("The inbox cannot be deleted."))
    lease.unselect(name)
    lease.ask(Sentence("delete %(name)s", name=name), b"DELETE", lease.quoted(name), mailbox=name)
    lease.connection.run(b"UNSUBSCRIBE", lease.quoted(name))


def subscribe(lease: Lease, name: MailboxName, subscribed: bool) -> None:
    """Subscribe to a mailbox or stop it."""
    command = b"SUBSCRIBE" if subscribed else b"UNSUBSCRIBE"
    lease.ask(Sentence("change the subscription of %(name)s", name=name), command, lease.quoted(name), mailbox=name)


def quota(lease: Lease) -> Quota | None:
    """The storage quota that bounds INBOX most (RFC 9208), or None where the server has none."""
    if not lease.offers("QUOTA"):
        return None
    try:
        return read_quota(lease.ask(Sentence("tell the quota"), QUOTA.name, *QUOTA.arguments))
    except (ServerRefused, Refusal):
        return None


def read_quota(reply: Reply) -> Quota | None:
    """The quota that bounds most of those that were told."""
    found = [one for tokens in reply.all("QUOTA") if len(tokens) >= 2 for one in _storage(as_list(tokens[-1]))]
    return min(found, key=lambda one: one.limit - one.used, default=None)


def _storage(resources: list[Token]) -> list[Quota]:
    return [
        Quota(as_int(resources[at + 1]) * _KIBIBYTE, as_int(resources[at + 2]) * _KIBIBYTE)
        for at in range(0, len(resources) - 2, 3)
        if as_bytes(resources[at]).upper() == b"STORAGE" and as_int(resources[at + 2]) > 0
    ]


def _is_at_or_below(name: MailboxName, top: MailboxName, delimiter: str | None) -> bool:
    return name == top or bool(delimiter and name.startswith(f"{top}{delimiter}"))


def _blamed(name: MailboxName, new: MailboxName) -> str:
    return f"{name} or {new}"
