"""The handlers that read the calendar parts of an open message, and send the answer to an invitation."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from core import Clock, Conflict, Later, NotFound, Notice, Redirect, Refusal, Sentence, UpstreamError
from modules.invitations.inputs import Given
from modules.invitations.model import Calendar
from modules.invitations.module import answer_page, module
from modules.invitations.offering import Circumstances, answered, doubt, offer
from modules.invitations.reading import read_apart
from modules.invitations.reply import Choice, Reply
from modules.invitations.results import Answered, Answering, Card, Invitations, Offer
from modules.mail.api import (
    ANSWERED,
    Letter,
    MailboxName,
    MailStore,
    MessageAddress,
    MessageView,
    OwnAddresses,
    Part,
    PartNumber,
    Role,
    ToldParts,
    Uid,
    decode,
    enclosed_page,
    message_page,
    read_envelope,
)

KINDS = ("text/calendar", "text/x-vcalendar", "application/ics")
MOST = 3
LONGEST = 512 * 1024


@module.handler(message_page, enclosed_page)
def read_invitations(
    letter: Letter,
    store: MailStore,
    zone: ZoneInfo,
    view: MessageView | None,
    later: Later[Answering | None],
    own: tuple[OwnAddresses, ...],
) -> Invitations | None:
    """What the calendar parts say; None of a message without any. Many programs send the same one twice."""
    read = _read(letter.mailbox, letter.uid, letter.structure, store)
    if not read:
        return None
    mine, answering = _mine(own), later()
    around = Circumstances(read_envelope(letter.header).sender, within=True, own=mine)
    if view is not None:
        role = Role.DRAFTS if view.is_draft else view.mailbox.role
        around = Circumstances(view.envelope.sender, view.flags, role, own=mine)
    cards = [
        Card(calendar, letter.part_path(number), doubt(calendar, around) if calendar is not None else None)
        for calendar, number in read
    ]
    for at, card in enumerate(cards):
        found = offer(card.calendar, around, answering) if card.calendar is not None else None
        if found is not None and answering is not None:
            cards[at] = replace(card, offer=replace(found, token=answering.make_token()))
            break
    return Invitations(tuple(cards), zone, f"{letter.outer_path}/invitation")


@module.handler(message_page, enclosed_page)
def leave_out_parts(letter: Letter, invitations: Invitations | None) -> ToldParts | None:
    """What the cards say, and let people save, needs no file beside them."""
    return ToldParts(frozenset(part.number for part in _parts(letter.structure))) if invitations is not None else None


@module.handler(answer_page)
def answer_invitation(
    address: MessageAddress,
    given: Given,
    store: MailStore,
    answering: Answering | None,
    own: tuple[OwnAddresses, ...],
    clock: Clock,
) -> Redirect:
    """Send the answer to the organiser. Raises Conflict where it can no longer be given as the page offered it."""
    if address.account != store.account or answering is None:
        raise NotFound(Sentence("You have no such account."))
    stored = store.message(address.mailbox, address.uid)
    envelope = read_envelope(stored.header)
    role = next((one for one in (Role.JUNK, Role.SENT) if store.role_mailbox(one) == address.mailbox), None)
    around = Circumstances(envelope.sender, stored.flags, role, own=_mine(own))
    found = _offered(_read(address.mailbox, address.uid, stored.structure, store), around, answering)
    if found.seal != given.seal:
        raise Conflict(Sentence("The invitation is no longer the one that this page showed. Look at it again."))
    name = answering.name_of(found.attendee)
    reply = Reply(found.events, given.choice, name, found.attendee, found.organizer, given.comment.strip(), clock.now())
    troubles = answering.send(reply, envelope.message_id, given.token)
    if troubles is None:
        return _done(address, Sentence("This answer was sent already."))
    troubles += _remember(address, given.choice, store)
    text = Sentence("Your answer was sent to %(address)s.", address=found.organizer)
    return _done(address, Sentence.joined((text, *troubles)), "warning" if troubles else "done")


def _mine(own: tuple[OwnAddresses, ...]) -> frozenset[str]:
    return frozenset(address for one in own for address in one.addresses)


def _offered(read: list[tuple[Calendar | None, str]], around: Circumstances, answering: Answering) -> Offer:
    """What the page offered. Raises Conflict where it offers no answer."""
    offers = (offer(calendar, around, answering) for calendar, _ in read if calendar is not None)
    found = next((one for one in offers if one is not None), None)
    if found is None or found.why_not is not None:
        reason = found.why_not if found is not None else None
        raise Conflict(reason or Sentence("This message holds no invitation that can be answered."))
    return found


def _remember(address: MessageAddress, choice: Choice, store: MailStore) -> tuple[Sentence, ...]:
    """Keep on the message what was answered, where every program sees it; what went wrong, in sentences."""
    others = tuple(one.keyword for one in Choice if one is not choice)
    try:
        store.flag(address.mailbox, [address.uid], add=(ANSWERED, choice.keyword), remove=others)
        kept = answered(store.message(address.mailbox, address.uid).flags) is choice
    except (UpstreamError, Refusal) as error:
        return (Sentence("But the message could not be marked (%(reason)s).", reason=str(error)),)
    return () if kept else (Sentence("But this mail server cannot keep on the message what you answered."),)


def _read(mailbox: MailboxName, uid: Uid, structure: Part, store: MailStore) -> list[tuple[Calendar | None, str]]:
    """What the calendar parts say, each with its number; those that say the same once."""
    texts: dict[str, str] = {}
    for part in _parts(structure):
        octets = store.part(mailbox, uid, PartNumber(part.number), most=LONGEST)
        text = decode(octets, part.charset).replace("\r\n", "\n").strip()
        texts.setdefault(text, part.number)
    return [(read_apart(text.encode("utf-8", "replace")), number) for text, number in texts.items()]


def _parts(structure: Part) -> list[Part]:
    """The calendar parts that are read."""
    return [part for part in structure.own() if part.media_type in KINDS][:MOST]


def _done(address: MessageAddress, text: Sentence, kind: str = "done") -> Redirect:
    return Redirect(address.mail_path, Answered(text), Notice(text, kind))
