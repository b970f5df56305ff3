"""Who can answer an invitation, and who speaks for somebody else."""

import pytest

from modules.invitations import ics
from modules.invitations.model import Calendar, calendar_of
from modules.invitations.offering import Circumstances, answered, doubt, offer
from modules.invitations.reply import Choice
from modules.invitations.results import Answering
from modules.invitations.with_compose import is_address
from modules.mail.api import Correspondent, Role
from tests.modules.invitations.letters import calendar_text, event_of

ADA = (Correspondent("Ada", "Ada@garden.example"),)
MINE = Answering(("me@x.example",), is_address, lambda _: "Me", lambda: "", lambda *_: ())


def calendar(*events: str, method: str = "REQUEST") -> Calendar:
    return calendar_of(ics.read(calendar_text(*events, method=method).encode()))


def test_an_invitation_is_answered_as_whom_it_invites() -> None:
    found = offer(calendar(event_of("ME@x.example"), event_of("bo@x.example")), Circumstances(ADA), MINE)
    assert found is not None and found.why_not is None and len(found.events) == 1
    assert (found.attendee, found.organizer, found.answered) == ("ME@x.example", "ada@garden.example", None)


def test_the_last_of_very_many_people_can_answer_too() -> None:
    crowd = "".join(f"ATTENDEE:mailto:p{number}@x.example\n" for number in range(300))
    found = offer(
        calendar(event_of("bo@x.example", more=f"{crowd}ATTENDEE:mailto:me@x.example\n")), Circumstances(ADA), MINE
    )
    assert found is not None and found.attendee == "me@x.example"


@pytest.mark.parametrize(
    ("event", "around", "why"),
    [
        (event_of("me@x.example"), Circumstances(ADA, within=True), "another message"),
        (event_of("me@x.example"), Circumstances(ADA, role=Role.JUNK), "Junk"),
        ("ATTENDEE:mailto:me@x.example\nORGANIZER:mailto:a@b.example\n", Circumstances(ADA), "no identifier"),
        ("UID:1\nATTENDEE:mailto:me@x.example\n", Circumstances(ADA), "no organiser"),
    ],
)
def test_it_is_said_why_there_is_no_answer(event: str, around: Circumstances, why: str) -> None:
    found = offer(calendar(event), around, MINE)
    assert found is not None and why in (found.why_not or "")


def test_nobody_is_asked_to_answer_what_asks_for_none() -> None:
    asked = event_of("me@x.example")
    assert offer(calendar(f"{asked}STATUS:CANCELLED\n"), Circumstances(ADA), MINE) is None
    assert offer(calendar(asked), Circumstances(ADA, role=Role.SENT), MINE) is None
    assert offer(calendar(asked), Circumstances(ADA), None) is None


def test_the_seal_is_of_one_invitation() -> None:
    seals = set()
    for event in (event_of("me@x.example"), event_of("me@x.example").replace("SEQUENCE:2", "SEQUENCE:3")):
        found = offer(calendar(event), Circumstances(ADA), MINE)
        assert found is not None
        seals.add(found.seal)
    assert len(seals) == 2


def test_keywords_remember_what_was_answered() -> None:
    assert answered({"\\Seen", "$invitationtentative"}) is Choice.MAYBE and answered({"\\Seen"}) is None
    assert len({choice.keyword for choice in Choice}) == 3


_SECOND = Correspondent("", "Second@x.example")
OWN = frozenset({"me@x.example", "second@x.example"})


def test_nobody_is_warned_of_themselves() -> None:
    asked = calendar(event_of("bo@x.example", organizer="ME@x.example"))
    assert doubt(asked, Circumstances((_SECOND,), own=OWN)) is None
    told = doubt(asked, Circumstances(ADA, own=OWN)) or ""
    assert told == "Ada@garden.example sent this, but it names you as its organiser: ME@x.example."
    assert "as its organiser" in (doubt(asked, Circumstances((), own=OWN)) or "")
    answer = calendar(event_of("me@x.example"), method="REPLY")
    assert doubt(answer, Circumstances((_SECOND,), own=OWN)) is None
    assert "it speaks for you: me@x.example" in (doubt(answer, Circumstances(ADA, own=OWN)) or "")


def test_the_addresses_of_other_accounts_are_the_readers_own() -> None:
    around = Circumstances(ADA, own=OWN)
    found = offer(calendar(event_of("bo@x.example", organizer="second@x.example")), around, MINE)
    assert found is not None and found.why_not == "You are its organiser."
    found = offer(calendar(event_of("second@x.example")), around, MINE)
    assert found is not None and "second@x.example, another address of yours" in (found.why_not or "")


@pytest.mark.parametrize(
    ("method", "senders", "said"),
    [
        ("REQUEST", ADA, ""),
        ("REQUEST", (Correspondent("", "eve@x.example"),), "eve@x.example sent this, but it names somebody else"),
        ("CANCEL", (), "Somebody sent this, but it names somebody else as its organiser: ada@garden.example"),
        ("COUNTER", ADA, "Ada@garden.example sent this, but it speaks for somebody else: me@x.example"),
        ("PUBLISH", (), ""),
    ],
)
def test_who_speaks_for_somebody_else_is_named(method: str, senders: tuple[Correspondent, ...], said: str) -> None:
    told = doubt(calendar(event_of("me@x.example"), method=method), Circumstances(senders))
    assert (told or "").startswith(said) and bool(told) == bool(said)
