"""Whether an invitation can be answered here, by whom and to whom; and if not, why."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from core import Sentence
from modules.invitations.model import Calendar, Event
from modules.invitations.reply import Choice, can_be_written
from modules.invitations.results import Answering, Offer
from modules.mail.api import Correspondent, Role

_WITHIN = Sentence("It came within another message. Only whom it was sent to can answer it.")
_JUNK = Sentence("It is in Junk. An answer would tell its sender that somebody reads here.")
_OWN = Sentence("You are its organiser.")
_UNNAMED = Sentence("It cannot be answered: it has no identifier that an answer could name.")
_SEVERAL = Sentence(
    "It cannot be answered here: the file holds several different events. A calendar program can answer."
)
_NOBODY = Sentence("It cannot be answered: it names no organiser with an email address.")


@dataclass(frozen=True)
class Circumstances:
    """The message that an invitation came in: who sent it, where it lies, and whether it stands `within` another.

    `own` are all addresses of who reads it, whatever account they are of.
    """

    senders: tuple[Correspondent, ...]
    flags: frozenset[str] = frozenset()
    role: Role | None = None
    within: bool = False
    own: frozenset[str] = frozenset()

    def is_own(self, address: str) -> bool:
        """Whether it is an address of who reads this."""
        return address.casefold() in {one.casefold() for one in self.own}


def offer(calendar: Calendar, around: Circumstances, answering: Answering | None) -> Offer | None:
    """How it can be answered, or why not; None where nobody asks for an answer, or the site sends no mail."""
    events = [event for event in calendar.events if event.kind == "VEVENT" and not event.cancelled]
    if calendar.method != "REQUEST" or not events or answering is None or around.role in (Role.SENT, Role.DRAFTS):
        return None
    organizer = events[0].organizer.address if events[0].organizer is not None else ""
    why_not = _hindered(events, organizer, around, answering)
    if why_not is not None:
        return Offer(why_not=why_not)
    mine = tuple(one for event in events if (one := _invited(event, answering)) is not None)
    if not mine:
        return Offer(why_not=_not_invited(events, around, answering))
    return Offer(
        events=tuple(event for event in events if _invited(event, answering) is not None),
        attendee=mine[0],
        organizer=organizer,
        answered=answered(around.flags),
        seal=_seal(events, organizer, mine[0]),
    )


def doubt(calendar: Calendar, around: Circumstances) -> Sentence | None:
    """A warning where somebody else speaks for the organiser or for who was invited; None where nothing is odd.

    A forger may name anybody: an answer would tell them whom the forger chose to ask, a cancellation calls off a
    meeting, and an answer says who comes.
    """
    event = next(iter(calendar.events), None)
    if event is None or calendar.method not in ("REQUEST", "CANCEL", "ADD", "REPLY", "COUNTER", "REFRESH"):
        return None
    invited = calendar.method in ("REPLY", "COUNTER", "REFRESH")
    person = next(iter(event.people), None) if invited else event.organizer
    named = person.address if person is not None else ""
    senders = [one.address for one in around.senders]
    if not named or [one.casefold() for one in senders] == [named.casefold()]:
        return None
    if around.is_own(named) and senders and all(map(around.is_own, senders)):
        return None
    sender = ", ".join(one for one in senders[:3] if one) or Sentence("Somebody")
    if around.is_own(named):
        return _for_you(sender, named, invited=invited)
    if invited:
        return Sentence("%(sender)s sent this, but it speaks for somebody else: %(named)s.", sender=sender, named=named)
    return Sentence(
        "%(sender)s sent this, but it names somebody else as its organiser: %(named)s. "
        "Believe it, and answer it, only if you expect this.",
        sender=sender,
        named=named,
    )


def answered(flags: Iterable[str]) -> Choice | None:
    """What the message remembers of an answer."""
    kept = {flag.lower() for flag in flags}
    return next((choice for choice in Choice if choice.keyword.lower() in kept), None)


def _hindered(events: list[Event], organizer: str, around: Circumstances, answering: Answering) -> Sentence | None:
    if around.within:
        return _WITHIN
    if around.role is Role.JUNK:
        return _JUNK
    if len({event.uid for event in events}) > 1:
        return _SEVERAL
    if not can_be_written(events[0].uid):
        return _UNNAMED
    if not organizer:
        return _NOBODY
    if not answering.is_address(organizer):
        return Sentence(
            "It cannot be answered: `%(address)s`, its organiser, is no address that mail can be sent to.",
            address=organizer[:100],
        )
    return _OWN if around.is_own(organizer) or _own(organizer, answering) else None


def _for_you(sender: str, named: str, *, invited: bool) -> Sentence:
    if invited:
        return Sentence("%(sender)s sent this, but it speaks for you: %(named)s.", sender=sender, named=named)
    return Sentence("%(sender)s sent this, but it names you as its organiser: %(named)s.", sender=sender, named=named)


def _invited(event: Event, answering: Answering) -> str | None:
    """The address by which this user is among those invited, as the invitation writes it."""
    return next((one for one in _addresses(event) if one and _own(one, answering) and answering.is_address(one)), None)


def _addresses(event: Event) -> tuple[str, ...]:
    return (*(person.address for person in event.people), *event.more_addresses)


def _own(address: str, answering: Answering) -> bool:
    return address.casefold() in {one.casefold() for one in answering.addresses}


def _not_invited(events: list[Event], around: Circumstances, answering: Answering) -> Sentence:
    invited = (one for event in events for one in _addresses(event) if around.is_own(one))
    other = next(invited, "")
    if other:
        return Sentence(
            "It cannot be answered from this account: it invites %(address)s, another address of yours.", address=other
        )
    return Sentence(
        "It cannot be answered: none of your addresses (%(addresses)s) is among those it invites.",
        addresses=", ".join(answering.addresses[:5]),
    )


def _seal(events: list[Event], organizer: str, attendee: str) -> str:
    """Tells whether the form that comes back was made of the same invitation."""
    told = repr((organizer, attendee, [(one.uid, one.sequence, one.instance) for one in events]))
    return hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=12).hexdigest()
