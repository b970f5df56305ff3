"""The answer to an invitation, for programs (RFC 5546 3.2.3) and in words; nothing of the invitation gets in unread."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from modules.invitations.model import Answer, Event, Instance, Moment, Observance

LONGEST_UID = 1000
_FOLD = 75  # octets; RFC 5545 3.1
_PRODUCT = "-//hm3//hm3//EN"
_TIME = re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?", re.ASCII)
_OFFSET = re.compile(r"[+-][0-9]{4}([0-9]{2})?", re.ASCII)
_RULE = re.compile(r"[A-Z]{2,12}=[A-Z0-9,+-]{1,100}(;[A-Z]{2,12}=[A-Z0-9,+-]{1,100}){0,9}", re.ASCII)


class Choice(Enum):
    """What a person can answer here."""

    ACCEPT = "accept"
    MAYBE = "maybe"
    DECLINE = "decline"

    @property
    def answer(self) -> Answer:
        """The same as an invitation says it."""
        return _ANSWERS[self]

    @property
    def keyword(self) -> str:
        """The IMAP keyword that remembers it on the message."""
        return f"$Invitation{self.answer.value.capitalize()}"


_ANSWERS = {
    Choice.ACCEPT: Answer.ACCEPTED,
    Choice.MAYBE: Answer.TENTATIVE,
    Choice.DECLINE: Answer.DECLINED,
}
_SUBJECTS = {Choice.ACCEPT: "Accepted", Choice.MAYBE: "Maybe", Choice.DECLINE: "Declined"}
_VERBS = {Choice.ACCEPT: "accepts", Choice.MAYBE: "may come to", Choice.DECLINE: "declines"}


@dataclass(frozen=True)
class Reply:
    """Who answers what to whom. `events` are the invitation's event and its exceptions: all of them have one UID."""

    events: tuple[Event, ...]
    choice: Choice
    name: str
    attendee: str
    organizer: str
    comment: str
    at: datetime


def write_calendar(reply: Reply) -> str:
    """The iCalendar object: the answer of this one attendee and nothing about others. Lines end by CRLF."""
    return "".join(f"{line}\r\n" for line in _folded(_lines(reply)))


def subject_of(reply: Reply) -> str:
    """The subject of the message that carries the answer."""
    return f"{_SUBJECTS[reply.choice]}: {reply.events[0].summary or 'invitation'}"


def words_of(reply: Reply) -> str:
    """The answer for people."""
    event = reply.events[0]
    who = f"{reply.name} <{reply.attendee}>" if reply.name else reply.attendee
    about = [event.summary or "(no title)", _when(event.start)]
    told = [f"{who} {_VERBS[reply.choice]} this event:", "", *filter(None, about)]
    if reply.comment:
        told += ["", "Comment:", reply.comment]
    return "\n".join(told) + "\n"


def can_be_written(uid: str) -> bool:
    """Whether this UID can be sent back as it came."""
    return 0 < len(uid) <= LONGEST_UID and uid.isprintable()


def _lines(reply: Reply) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", f"PRODID:{_PRODUCT}", "VERSION:2.0", "METHOD:REPLY")
    zones = {one.instance.zone: one.instance for one in reply.events if one.instance and _names_zone(one.instance)}
    for zone in zones.values():
        yield from _zone(zone)
    for event in reply.events:
        yield from _event(event, reply)
    yield "END:VCALENDAR"


def _event(event: Event, reply: Reply) -> Iterator[str]:
    named = f";CN={_quoted(reply.name)}" if reply.name else ""
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{reply.at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"SEQUENCE:{event.sequence}"
    if event.instance is not None:
        yield f"RECURRENCE-ID{_instance(event.instance)}"
    if event.summary:
        yield f"SUMMARY:{_text(event.summary)}"
    yield f"ORGANIZER:mailto:{_address(reply.organizer)}"
    yield f"ATTENDEE;PARTSTAT={reply.choice.answer.value}{named}:mailto:{_address(reply.attendee)}"
    if reply.comment:
        yield f"COMMENT:{_text(reply.comment)}"
    yield "END:VEVENT"


def _instance(instance: Instance) -> str:
    """Parameters and value, the same as in the invitation; in UTC where its zone cannot be told along."""
    onward = ";RANGE=THISANDFUTURE" if instance.onward else ""
    if not _TIME.fullmatch(instance.value):
        raise ValueError("This is no time of a calendar.")
    if "T" not in instance.value:
        return f"{onward};VALUE=DATE:{instance.value}"
    if _names_zone(instance):
        return f"{onward};TZID={_quoted(instance.zone)}:{instance.value}"
    known = instance.zone and _TIME.fullmatch(instance.moment)
    return f"{onward}:{instance.moment if known else instance.value}"


def _names_zone(instance: Instance) -> bool:
    """Whether the zone is there to be told along (RFC 5545 3.2.19 wants both or none), and can be."""
    sound = all(map(_is_sound, instance.observances))
    return bool(instance.zone and instance.observances) and sound and _plain(instance.zone) == instance.zone


def _is_sound(one: Observance) -> bool:
    offsets = _OFFSET.fullmatch(one.offset_from) and _OFFSET.fullmatch(one.offset_to)
    return bool(_TIME.fullmatch(one.start) and offsets and (not one.rule or _RULE.fullmatch(one.rule)))


def _zone(instance: Instance) -> Iterator[str]:
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{_text(instance.zone)}"
    for one in instance.observances:
        name = "DAYLIGHT" if one.summer else "STANDARD"
        yield from (f"BEGIN:{name}", f"DTSTART:{one.start}")
        yield from (f"TZOFFSETFROM:{one.offset_from}", f"TZOFFSETTO:{one.offset_to}")
        if one.rule:
            yield f"RRULE:{one.rule}"
        yield f"END:{name}"
    yield "END:VTIMEZONE"


def _text(text: str) -> str:
    """A text as a value (RFC 5545 3.3.11); of what cannot be shown only line ends are kept."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\")
    escaped = lines.replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return "".join(letter for letter in escaped if letter.isprintable())


def _plain(text: str) -> str:
    """What a parameter in quotes can hold (RFC 5545 3.2)."""
    return "".join(letter for letter in text if letter.isprintable() and letter != '"')


def _quoted(text: str) -> str:
    return f'"{_plain(text)}"'


def _address(address: str) -> str:
    """An address as it is. Raises ValueError for one that could end its line."""
    if not address.isprintable() or " " in address:
        raise ValueError("This is no address.")
    return address


def _folded(lines: Iterable[str]) -> Iterator[str]:
    """Lines of no more octets than readers take, cut between letters (RFC 5545 3.1)."""
    for line in lines:
        piece, room = "", _FOLD
        for letter in line:
            size = len(letter.encode("utf-8", "replace"))
            if size > room:
                yield piece
                piece, room = " ", _FOLD - 1
            piece, room = piece + letter, room - size
        yield piece


def _when(moment: Moment | None) -> str:
    if moment is None:
        return ""
    if moment.wall is not None:
        return f"{moment.wall:%A, %d %B %Y, %H:%M}{f' ({moment.zone})' if moment.zone else ''}"
    return f"{moment.day:%A, %d %B %Y}" if moment.day is not None else ""
