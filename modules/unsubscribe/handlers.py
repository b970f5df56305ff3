"""The handlers that find the ways out of a list, and take the one by one click."""

from core import Conflict, NotFound, Notice, Redirect, Sentence
from modules.mail.api import (
    MailStore,
    MessageAddress,
    MessageView,
    Role,
    StoredMessage,
    list_mailboxes,
    message_page,
    read_envelope,
)
from modules.trust.api import SignatureCheck, Vouching
from modules.unsubscribe.model import FIELDS, Ways, read_ways
from modules.unsubscribe.module import ask_page, leave_page, module
from modules.unsubscribe.results import Leaving, Left, NotTaken, Offered, OneClick

_NO_POST = Sentence("The sender offers one click, but this site does not connect to other machines for its users.")
_UNSIGNED = Sentence(
    "The sender offers one click, but nothing shows that the offer is theirs: no valid signature (DKIM) covers it."
)

module.handler(ask_page)(list_mailboxes)


@module.handler(message_page)
def offer_ways(view: MessageView) -> Offered | None:
    """Whom the open message says to ask. In Junk nothing is offered: an answer tells a spammer that somebody reads."""
    if view.is_draft or view.mailbox.role in (Role.JUNK, Role.SENT):
        return None
    ways = read_ways(view.header)
    return Offered(f"{view.path}/unsubscribe", ways.where) if ways else None


@module.handler(ask_page)
def ask_which_way(
    message: MessageAddress,
    store: MailStore,
    vouching: Vouching,
    check: SignatureCheck | None,
    one_click: OneClick | None,
) -> Leaving:
    """All ways, each with whom it leads to. Raises NotFound where the message is gone, or names none."""
    stored, ways = _read(message, store)
    envelope = read_envelope(stored.header)
    sender = envelope.sender[0] if envelope.sender else None
    signer = _signer(message, stored, vouching, check) if ways.one_click and one_click else ""
    why_not = None
    if ways.one_click is not None and not signer:
        why_not = _UNSIGNED if one_click is not None else _NO_POST
    return Leaving(
        account=store.account,
        message_path=message.mail_path,
        subject=envelope.subject,
        sender=sender.label if sender is not None else "",
        address=sender.address if sender is not None else "",
        ways=ways,
        signer=signer,
        why_not=why_not,
    )


@module.handler(leave_page)
def leave_by_one_click(
    message: MessageAddress,
    store: MailStore,
    vouching: Vouching,
    check: SignatureCheck | None,
    one_click: OneClick | None,
) -> Redirect:
    """Ask the server that the message names to send no more. Raises Conflict where that must not be done unseen."""
    stored, ways = _read(message, store)
    if ways.one_click is None or one_click is None or not _signer(message, stored, vouching, check):
        raise Conflict(Sentence("This list cannot be left by one click. Take one of the other ways."))
    try:
        one_click.post(ways.one_click.address)
    except NotTaken as error:
        told = Sentence.joined((error.reason, Sentence("Try again later, or take one of the other ways.")))
        return Redirect(f"{message.mail_path}/unsubscribe", Left(told), Notice(told, "problem"))
    text = Sentence("%(host)s was asked to send you no more of this. It may take some days.", host=ways.one_click.host)
    return Redirect(message.mail_path, Left(text), Notice(text))


def _read(message: MessageAddress, store: MailStore) -> tuple[StoredMessage, Ways]:
    if message.account != store.account:
        raise NotFound(Sentence("You have no such account."))
    stored = store.message(message.mailbox, message.uid)
    ways = read_ways(stored.header)
    if not ways:
        raise NotFound(Sentence("This message does not say how to leave its list."))
    return stored, ways


def _signer(message: MessageAddress, stored: StoredMessage, vouching: Vouching, check: SignatureCheck | None) -> str:
    """Who signed both fields (RFC 8058 4), as a believed server found, or as this site finds itself."""
    signer = vouching.signer(stored.header, *FIELDS)
    if signer or check is None:
        return signer
    signatures = check.check(message.mailbox, message.uid, stored.header, stored.received)
    return next((one.domain for one in signatures.found if one.good and {"from", *FIELDS} <= one.fields), "")
