"""What a calendar part of a message says: events, when and where they are, and who comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

Json = Mapping[str, object]


@dataclass(frozen=True)
class Moment:
    """A day, or a time of the wall clock, which is a moment of the world where its zone is known."""

    day: date | None = None
    wall: datetime | None = None
    at: datetime | None = None
    zone: str = ""

    def is_elsewhere(self, zone: ZoneInfo) -> bool:
        """Whether clocks where it was written show another time than those of this zone."""
        return self.at is not None and self.at.utcoffset() != self.at.astimezone(zone).utcoffset()

    def is_same_day(self, other: "Moment", zone: ZoneInfo) -> bool:
        """Whether both are times of one day, for who reads in this zone."""
        if self.at is not None and other.at is not None:
            return self.at.astimezone(zone).date() == other.at.astimezone(zone).date()
        if self.at is not None or other.at is not None or self.wall is None or other.wall is None:
            return False
        return self.wall.date() == other.wall.date()


class Answer(Enum):
    """What somebody answered (RFC 5545 3.2.12)."""

    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    TENTATIVE = "TENTATIVE"
    DELEGATED = "DELEGATED"
    NONE = ""


@dataclass(frozen=True)
class Person:
    """Somebody who is invited, or invites."""

    name: str
    address: str
    answer: Answer = Answer.NONE
    optional: bool = False

    @property
    def label(self) -> str:
        """The name, else the address."""
        return self.name or self.address


@dataclass(frozen=True)
class Observance:
    """From when on the clocks of a zone are set how, and when again (RFC 5545 3.6.5), as the file writes it."""

    summer: bool
    start: str
    offset_from: str
    offset_to: str
    rule: str


@dataclass(frozen=True)
class Instance:
    """Which of the times that a rule makes is meant (RFC 5545 3.8.4.4), as the file writes it.

    `moment` is the same in UTC, where the zone is known; `onward` means all later ones too.
    """

    value: str
    moment: str
    zone: str
    onward: bool
    observances: tuple[Observance, ...]


@dataclass(frozen=True)
class Event:
    """One event, task or note, as the message tells it."""

    kind: str
    uid: str
    sequence: int
    summary: str
    location: str
    description: str
    comment: str
    url: str
    cancelled: bool
    changed: bool
    start: Moment | None
    end: Moment | None
    replaces: Moment | None
    instance: Instance | None
    organizer: Person | None
    people: tuple[Person, ...]
    more_people: int
    more_addresses: tuple[str, ...]
    rule: Mapping[str, tuple[str, ...]]
    more_dates: bool
    except_dates: bool


@dataclass(frozen=True)
class Calendar:
    """A calendar part: what it is for (RFC 5546 1.4), and its events."""

    method: str
    events: tuple[Event, ...]
    more: int = 0


def calendar_of(told: Json) -> Calendar:
    """A calendar from what ics.py wrote."""
    events = tuple(_event(one) for one in _dicts(told.get("events")))
    return Calendar(_text(told, "method"), events, _number(told, "more"))


def _event(told: Json) -> Event:
    start, end = _moment(told.get("start")), _moment(told.get("end"))
    organizer = _person(told["organizer"]) if isinstance(told.get("organizer"), dict) else None
    rule = told.get("rule")
    parts = rule.items() if isinstance(rule, dict) else ()
    url = _text(told, "url")
    return Event(
        kind=_text(told, "kind"),
        uid=_text(told, "uid"),
        sequence=_number(told, "sequence"),
        summary=_text(told, "summary"),
        location=_text(told, "location"),
        description=_text(told, "description").strip(),
        comment=_text(told, "comment").strip(),
        url=url if url.lower().startswith(("https://", "http://")) else "",
        cancelled=_text(told, "status") == "CANCELLED",
        changed=_number(told, "sequence") > 0,
        start=start,
        end=_last(start, end),
        replaces=_moment(told.get("replaces")),
        instance=_instance(told.get("instance")),
        organizer=organizer,
        people=tuple(_person(one) for one in _dicts(told.get("people"))),
        more_people=_number(told, "more_people"),
        more_addresses=tuple(one for one in _list(told, "more_addresses") if isinstance(one, str)),
        rule={str(name): tuple(map(str, values)) for name, values in parts if isinstance(values, list)},
        more_dates=bool(told.get("more_dates")),
        except_dates=bool(told.get("except_dates")),
    )


def _last(start: Moment | None, end: Moment | None) -> Moment | None:
    """The end as people say it: of days the last one, and nothing where it ends as it begins."""
    if end is not None and end.day is not None:
        # RFC 5545 3.6.1: the end is the day after.
        end = Moment(day=end.day - timedelta(days=1)) if end.day > date.min else None
    if start is None or end is None or end == start or (start.day and end.day and end.day < start.day):
        return None
    return end


def _moment(told: object) -> Moment | None:
    if not isinstance(told, dict):
        return None
    try:
        if "day" in told:
            return Moment(day=date.fromisoformat(str(told["day"])))
        read = datetime.fromisoformat(str(told.get("time")))
        if not date.min.year + 1 < read.year < date.max.year:
            return None
        offset = read.utcoffset()
        zone = str(told.get("zone", "")) if offset else ""
        return Moment(
            wall=read.replace(tzinfo=None), at=read if read.tzinfo is not None else None, zone=zone or _utc(read)
        )
    except ValueError:
        return None


def _instance(told: object) -> Instance | None:
    if not isinstance(told, dict):
        return None
    observances = tuple(_observance(one) for one in _dicts(told.get("observances")))
    return Instance(
        _text(told, "value"), _text(told, "moment"), _text(told, "zone"), bool(told.get("onward")), observances
    )


def _observance(told: Json) -> Observance:
    return Observance(
        _text(told, "kind") == "DAYLIGHT",
        _text(told, "DTSTART"),
        _text(told, "TZOFFSETFROM"),
        _text(told, "TZOFFSETTO"),
        _text(told, "RRULE"),
    )


def _utc(read: datetime) -> str:
    return "UTC" if read.tzinfo is not None and read.utcoffset() == UTC.utcoffset(None) else ""


def _person(told: object) -> Person:
    fields = told if isinstance(told, dict) else {}
    answer = _text(fields, "answer")
    known = {one.value for one in Answer}
    return Person(
        _text(fields, "name"),
        _text(fields, "address"),
        Answer(answer) if answer in known else Answer.NONE,
        _text(fields, "role") in ("OPT-PARTICIPANT", "NON-PARTICIPANT"),
    )


def _dicts(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _list(told: Json, name: str) -> list[object]:
    value = told.get(name)
    return value if isinstance(value, list) else []


def _text(told: Json, name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _number(told: Json, name: str) -> int:
    value = told.get(name)
    return value if isinstance(value, int) else 0
