"""What is found out about the calendar parts of a message, and about answers to them."""

from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core import Sentence
from modules.invitations.model import Calendar, Event
from modules.invitations.reply import Choice, Reply


@dataclass(frozen=True)
class Offer:
    """How an invitation can be answered, or the sentence that says why not.

    `events` are what is answered; `attendee` is who answers, and `organizer` gets it, as the invitation writes them.
    `token` is that of the one answer that this form sends, and `seal` tells the invitation.
    """

    events: tuple[Event, ...] = ()
    attendee: str = ""
    organizer: str = ""
    answered: Choice | None = None
    why_not: Sentence | None = None
    seal: str = ""
    token: str = ""


@dataclass(frozen=True)
class Answering:
    """How answers are sent, which one module may offer as a service.

    `addresses` are those the user sends as, `is_address` says whether mail can be sent to one, and `name_of` the name
    before one. `send` takes an answer, the id of the message it answers and the token of the form; it returns what went
    wrong after the answer was out, in sentences, and None where this form was sent before. It raises SubmissionRefused
    and UpstreamError.
    """

    addresses: tuple[str, ...]
    is_address: Callable[[str], bool]
    name_of: Callable[[str], str]
    make_token: Callable[[], str]
    send: Callable[[Reply, str, str], tuple[Sentence, ...] | None]


@dataclass(frozen=True)
class Card:
    """A calendar part: what it says, or None where that cannot be read, and where it is saved from.

    `doubt` is a warning about who speaks for whom.
    """

    calendar: Calendar | None
    path: str
    doubt: Sentence | None = None
    offer: Offer | None = None


@dataclass(frozen=True)
class Invitations:
    """The calendar parts of a message, and the zone of who reads it; answers go to `answer_path`."""

    cards: tuple[Card, ...]
    zone: ZoneInfo
    answer_path: str = ""


@dataclass(frozen=True)
class Answered:
    """What scripts learn after an answer was sent."""

    text: str
