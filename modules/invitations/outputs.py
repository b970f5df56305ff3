"""What invitations shows above a message's text."""

from dataclasses import dataclass
from datetime import date

from core import FormState, Fragment, Sentence
from modules.invitations.model import Answer, Event
from modules.invitations.module import module
from modules.invitations.recurrence import last_day, tell_rule
from modules.invitations.reply import Choice
from modules.invitations.results import Card, Invitations, Offer
from modules.mail.api import parts_slot

_ANSWERS = {
    Answer.ACCEPTED: Sentence("comes"),
    Answer.DECLINED: Sentence("does not come"),
    Answer.TENTATIVE: Sentence("may come"),
    Answer.DELEGATED: Sentence("sends somebody else"),
    Answer.NONE: Sentence("has not answered"),
}
_CHOICES = {
    Choice.ACCEPT: (Sentence("Accept"), Sentence("You accepted.")),
    Choice.MAYBE: (Sentence("Maybe"), Sentence("You answered that you may come.")),
    Choice.DECLINE: (Sentence("Decline"), Sentence("You declined.")),
}


@dataclass(frozen=True)
class ShownEvent:
    """One event as it is shown."""

    event: Event
    title: str
    off: bool
    elsewhere: bool
    same_day: bool
    again: tuple[str, ...]
    until: date | None


@dataclass(frozen=True)
class ShownCard:
    """One card; without events where the part cannot be read."""

    path: str
    events: tuple[ShownEvent, ...]
    more: int
    readable: bool
    doubt: Sentence | None = None
    offer: Offer | None = None


@module.output(parts_slot)
def show_invitations(invitations: Invitations | None, form: FormState) -> Fragment | None:
    """The calendar parts in words."""
    if invitations is None or not invitations.cards:
        return None
    return Fragment.of(
        "invitations/cards.html",
        cards=tuple(_card(card, invitations) for card in invitations.cards),
        answers={one.value: said for one, said in _ANSWERS.items()},
        choices=tuple((choice.value, label, past) for choice, (label, past) in _CHOICES.items()),
        answer_path=invitations.answer_path,
        form=form if form.value("choice") else FormState(),
    )


def _card(card: Card, invitations: Invitations) -> ShownCard:
    calendar = card.calendar
    if calendar is None:
        return ShownCard(card.path, (), 0, readable=False)
    events = tuple(
        ShownEvent(
            event,
            _title(calendar.method, event),
            event.cancelled or calendar.method == "CANCEL",
            event.start is not None and event.start.is_elsewhere(invitations.zone),
            event.start is not None and event.end is not None and event.end.is_same_day(event.start, invitations.zone),
            tell_rule(event.rule),
            last_day(event.rule),
        )
        for event in calendar.events
    )
    return ShownCard(card.path, events, calendar.more, readable=True, doubt=card.doubt, offer=card.offer)


def _title(method: str, event: Event) -> str:
    """What the message wants (RFC 5546 3.2)."""
    who = event.people[0].label if event.people else Sentence("Somebody")
    if method == "CANCEL" or event.cancelled:
        return Sentence("Cancelled")
    if method == "REPLY":
        answer = event.people[0].answer if event.people else Answer.NONE
        return {
            Answer.ACCEPTED: Sentence("%(who)s accepts", who=who),
            Answer.DECLINED: Sentence("%(who)s declines", who=who),
            Answer.TENTATIVE: Sentence("%(who)s may come", who=who),
            Answer.DELEGATED: Sentence("%(who)s sends somebody else", who=who),
            Answer.NONE: Sentence("%(who)s answers an invitation", who=who),
        }[answer]
    if method == "REQUEST":
        return Sentence("Changed invitation") if event.changed else Sentence("Invitation")
    others = {
        "COUNTER": Sentence("%(who)s proposes a change", who=who),
        "DECLINECOUNTER": Sentence("The proposed change was declined"),
        "REFRESH": Sentence("%(who)s asks for the newest version", who=who),
        "ADD": Sentence("Further dates"),
    }
    kinds = {"VTODO": Sentence("Task"), "VJOURNAL": Sentence("Note"), "VFREEBUSY": Sentence("Times that are taken")}
    return others.get(method) or kinds.get(event.kind) or Sentence("Event")
