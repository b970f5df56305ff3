"""The handlers by which senders are blocked, and no longer."""

from dataclasses import replace

from core import Conflict, InputError, NotFound, Notice, Redirect, Sentence, Undo, UserSettings
from modules.mail.api import (
    MailboxName,
    MailStore,
    MessageAddress,
    MessageView,
    Role,
    list_mailboxes,
    message_page,
    read_envelope,
)
from modules.spam.inputs import Block, Unblock, Whom
from modules.spam.module import ask_page, block_page, module, unblock_page
from modules.spam.results import Blockable, Blocking, Changed
from modules.spam.settings import SpamSettings

module.handler(ask_page)(list_mailboxes)


@module.handler(message_page)
def offer_blocking(view: MessageView) -> Blockable | None:
    """The way to block who sent the open message; None for what the user wrote themselves."""
    if view.is_draft or view.mailbox.role is Role.SENT or "@" not in view.image_address:
        return None
    return Blockable(f"{view.path}/block")


@module.handler(ask_page)
def ask_whom(message: MessageAddress, store: MailStore, settings: SpamSettings) -> Blocking:
    """Whom the message leaves to be blocked. Raises NotFound where it is gone, Conflict where it names no sender."""
    address, subject = _sender(message, store)
    domain = address.rpartition("@")[2]
    return Blocking(
        path=f"{message.mail_path}/block",
        message_path=message.mail_path,
        subject=subject,
        address=address,
        domain=domain,
        blocked=address in settings.blocked.split("\n"),
        domain_blocked=settings.blocked.names(f"@{domain}"),
    )


@module.handler(block_page)
def block(message: MessageAddress, asked: Block, store: MailStore, chosen: UserSettings) -> Redirect:
    """Block a sender or a domain from now on. What came before stays where it is."""
    address, _ = _sender(message, store)
    who = address if asked.whom is Whom.SENDER else f"@{address.rpartition('@')[2]}"
    settings = chosen.get(SpamSettings)
    try:
        chosen.put(replace(settings, blocked=settings.blocked.with_one(who)))
    except ValueError as error:
        raise InputError("whom", str(error)) from error
    text = Sentence("%(who)s is blocked. What they send goes to Junk from now on.", who=who.removeprefix("@"))
    undo = Undo("/spam/unblock", (("who", who), ("next", message.mail_path)))
    return Redirect(message.mail_path, Changed(text, undo), Notice(text, undo=undo))


@module.handler(unblock_page)
def unblock(asked: Unblock, chosen: UserSettings) -> Redirect:
    """Block somebody no longer. Raises NotFound where they are not blocked."""
    settings = chosen.get(SpamSettings)
    lines = settings.blocked.split("\n")
    if asked.who not in lines:
        raise NotFound(Sentence("%(who)s is not blocked.", who=asked.who.removeprefix("@")))
    rest = "\n".join(line for line in lines if line != asked.who)
    chosen.put(replace(settings, blocked=settings.blocked.parse(rest)))
    text = Sentence("%(who)s is no longer blocked.", who=asked.who.removeprefix("@"))
    return Redirect(asked.next or "/settings#spam", Changed(text), Notice(text))


def _sender(message: MessageAddress, store: MailStore) -> tuple[str, str]:
    """The address that sent a message, in small letters, and its subject."""
    if message.account != store.account:
        raise NotFound(Sentence("You have no such account."))
    envelope = read_envelope(store.message(MailboxName(message.mailbox), message.uid).header)
    if len(envelope.sender) != 1 or "@" not in envelope.sender[0].address:
        raise Conflict(Sentence("This message does not say who sent it, or names several senders."))
    return envelope.sender[0].address.lower(), envelope.subject
