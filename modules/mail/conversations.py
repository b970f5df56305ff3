"""The handler that finds the rest of a conversation: beside the open message, in sent mail, and where mail is filed."""

import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from core import Conflict, NotFound, UpstreamError, Visit
from modules.mail.inputs import MessageAddress
from modules.mail.model import Mailbox, MailboxName, MessageRow, Role
from modules.mail.module import message_page, module
from modules.mail.results import Conversation, OtherMessage
from modules.mail.settings import ReadingSettings
from modules.mail.store import MailStore

log = logging.getLogger("hm3.mail")
MOST_IN_CONVERSATION = 100
# A conversation is looked for in other mailboxes so long before its first and after its last message in its own.
_AROUND = timedelta(days=90)
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
# By so many identifiers at most; servers compare each of them with three header fields.
_MOST_IDENTIFIERS = 8
_ELSEWHERE = (Role.SENT, Role.INBOX, Role.ARCHIVE)
_APART = frozenset({Role.TRASH, Role.JUNK, Role.DRAFTS})


@module.handler(message_page)
def find_conversation(
    address: MessageAddress, store: MailStore, settings: ReadingSettings, visit: Visit
) -> Conversation:
    """The rest of the thread; scripts ask for it after the message is shown, since servers may think long about it.

    A whole page does not wait for that: of its own mailbox it has what is nearby.
    """
    if not settings.conversations:
        return Conversation()
    name = MailboxName(address.mailbox)
    whole = visit.wanted.part is None
    uids = store.conversation(name, address.uid, nearby=whole)
    others = [uid for uid in uids if uid != address.uid][-MOST_IN_CONVERSATION:]
    known = store.recall_mailboxes()
    own = next((mailbox for mailbox in known if mailbox.name == name), Mailbox(name))
    rows = store.rows_of(name, [*others, address.uid]).rows
    found = [OtherMessage(row, own) for row in rows if row.uid != address.uid]
    if _may_go_on(rows) and own.role not in _APART:
        found += _elsewhere(rows, own, known, store)
    found.sort(key=lambda message: message.row.received)
    return Conversation(store.account, own, tuple(found[-MOST_IN_CONVERSATION:]))


def _may_go_on(rows: Iterable[MessageRow]) -> bool:
    """Whether other mailboxes may hold more: one was answered, or is an answer. Of most mail that is not so."""
    return any(row.answered or row.envelope.references or row.envelope.in_reply_to for row in rows)


def _elsewhere(
    rows: Sequence[MessageRow], own: Mailbox, known: Iterable[Mailbox], store: MailStore
) -> Iterable[OtherMessage]:
    """The messages of other mailboxes that name one of these, or that one of these names; none of them twice.

    Somebody else's message is another one, whatever identifier it claims: it hides no answer of one's own.
    """
    seen = {row.envelope.message_id for row in rows}
    shown = {_copied(row) for row in rows}
    if not (identifiers := _identifiers(rows, seen)):
        return
    after, before = _period([row.received for row in rows])
    for mailbox in _places(own, known):
        if mailbox.role is Role.ARCHIVE and seen.issuperset(identifiers):
            # All that these name was found; what is filed is mostly named by what came after it.
            continue
        try:
            others = store.related(mailbox.name, identifiers, after=after, before=before, shown=own.name).rows
        except (NotFound, Conflict, UpstreamError) as error:
            # One that is gone by now or cannot be read hides nothing of the open message and its own mailbox.
            log.info("A conversation was not looked for in another mailbox: %s.", type(error).__name__)
            continue
        for row in others:
            if not (row.draft or (row.envelope.message_id and _copied(row) in shown)):
                seen.add(row.envelope.message_id)
                shown.add(_copied(row))
                yield OtherMessage(row, mailbox)


def _copied(row: MessageRow) -> tuple[str, str]:
    """What all copies of a message have in common."""
    sender = row.envelope.sender
    return row.envelope.message_id, sender[0].address if sender else ""


def _identifiers(rows: Sequence[MessageRow], present: set[str]) -> tuple[str, ...]:
    """What the last of the rows has and names, and which messages that are not there the others answer."""
    kin = rows[-1].envelope.kin
    missing = [one for row in reversed(rows) for one in row.envelope.in_reply_to[:1] if one not in present]
    return tuple(dict.fromkeys((*kin, *missing)))[:_MOST_IDENTIFIERS]


def _period(arrived: Sequence[datetime]) -> tuple[datetime, datetime]:
    """The days between which a conversation is looked for; servers may tell any date."""
    first, last = min(arrived), max(arrived)
    return max(first, _EARLIEST) - _AROUND, min(last, _LATEST) + _AROUND


def _places(own: Mailbox, known: Iterable[Mailbox]) -> list[Mailbox]:
    """Where the rest may be: in the mailbox with all mail, where there is one; else in sent mail, inbox and archive."""
    by_role = {
        mailbox.role: mailbox for mailbox in known if mailbox.role and mailbox.selectable and mailbox.messages != 0
    }
    roles = (Role.ALL,) if Role.ALL in by_role else _ELSEWHERE
    return [by_role[role] for role in roles if role in by_role and by_role[role].name != own.name]
