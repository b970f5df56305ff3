"""Read an iCalendar object (RFC 5545) in a process of its own: what people look at comes out, as JSON.

This file is a program (see reading.py), whose memory and work are bounded from outside.
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import BinaryIO

import icalendar
from icalendar.prop import vDDDTypes

MOST_EVENTS = 10
MOST_PEOPLE = 200
MOST_ADDRESSES = 5000
MOST_OBSERVANCES = 20
LONGEST_UID = 1000
LONGEST_TEXT = 4000
LONGEST_LINE = 500
KINDS = ("VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY")
_RULE_PARTS = frozenset(
    """FREQ INTERVAL COUNT UNTIL BYDAY BYMONTHDAY BYMONTH BYSETPOS BYYEARDAY BYWEEKNO BYHOUR BYMINUTE""".split()
)

Json = dict[str, object]


def read(octets: bytes) -> Json:
    """The method and the events. Raises ValueError where there is no calendar."""
    calendar = icalendar.Calendar.from_ical(octets)
    found = list(_components(calendar))
    return {
        "method": _line(calendar.get("METHOD")).upper(),
        "events": [_event(one, calendar) for one in found[:MOST_EVENTS]],
        "more": max(0, len(found) - MOST_EVENTS),
    }


def _components(calendar: icalendar.Component) -> Iterator[icalendar.Component]:
    return (one for one in calendar.walk() if one.name in KINDS)


def _event(one: icalendar.Component, calendar: icalendar.Component) -> Json:
    people = _all(one.get("ATTENDEE"))
    start, end = _moment(one.get("DTSTART")), _moment(one.get("DTEND") or one.get("DUE"))
    duration = getattr(_first(one.get("DURATION")), "dt", None)
    return {
        "kind": one.name,
        "uid": str(_first(one.get("UID")) or "")[: LONGEST_UID + 1],
        "summary": _line(one.get("SUMMARY")),
        "location": _line(one.get("LOCATION")),
        "description": _text(one.get("DESCRIPTION"))[:LONGEST_TEXT],
        "comment": _text(one.get("COMMENT"))[:LONGEST_TEXT],
        "url": _line(one.get("URL")),
        "status": _line(one.get("STATUS")).upper(),
        "sequence": _whole(one.get("SEQUENCE")),
        "start": start,
        "end": end or _after(one.get("DTSTART"), duration),
        "replaces": _moment(one.get("RECURRENCE-ID")),
        "instance": _instance(_first(one.get("RECURRENCE-ID")), calendar),
        "organizer": _person(_first(one.get("ORGANIZER"))),
        "people": [_person(person) for person in people[:MOST_PEOPLE]],
        "more_people": max(0, len(people) - MOST_PEOPLE),
        "more_addresses": [_address(person) for person in people[MOST_PEOPLE:MOST_ADDRESSES]],
        "rule": _rule(_first(one.get("RRULE"))),
        "more_dates": bool(one.get("RDATE")),
        "except_dates": bool(one.get("EXDATE")),
    }


def _all(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: object) -> object:
    return next(iter(_all(value)), None)


def _text(value: object) -> str:
    first = _first(value)
    text = "" if first is None else str(first)
    return "".join(letter for letter in text if letter.isprintable() or letter == "\n")


def _line(value: object) -> str:
    return " ".join(_text(value).split())[:LONGEST_LINE]


def _whole(value: object) -> int:
    first = _first(value)
    return int(first) if isinstance(first, int) and 0 <= first < 2**31 else 0


def _moment(value: object) -> Json | None:
    """A date, or a time with its zone where it has one."""
    at = getattr(_first(value), "dt", None)
    return _written(at) if isinstance(at, date) else None


def _after(start: object, duration: object) -> Json | None:
    at = getattr(_first(start), "dt", None)
    if not isinstance(at, date) or not isinstance(duration, timedelta):
        return None
    try:
        return _written(at + duration)
    except OverflowError:
        return None


def _written(at: date) -> Json:
    if not isinstance(at, datetime):
        return {"day": at.isoformat()}
    zone = getattr(at.tzinfo, "key", "") or (at.tzname() if at.tzinfo is not None else "")
    return {"time": at.isoformat(), "zone": _line(zone or "")}


def _person(value: object) -> Json | None:
    if value is None:
        return None
    parameters = getattr(value, "params", {})
    return {
        "name": _line(parameters.get("CN")).strip('"'),
        "address": _address(value),
        "answer": _line(parameters.get("PARTSTAT")).upper(),
        "role": _line(parameters.get("ROLE")).upper(),
        "sort": _line(parameters.get("CUTYPE")).upper(),
    }


def _address(value: object) -> str:
    address = _line(value)
    return address[7:] if address[:7].lower() == "mailto:" else ""


def _instance(value: object, calendar: icalendar.Component) -> Json | None:
    """Which of the times that a rule makes is meant (RFC 5545 3.8.4.4), as it is written, with the zone it is of."""
    at, parameters = getattr(value, "dt", None), getattr(value, "params", {})
    if not isinstance(at, date):
        return None
    moment = at.astimezone(UTC) if isinstance(at, datetime) and at.tzinfo is not None else None
    zone = _line(parameters.get("TZID"))
    return {
        "value": vDDDTypes(at).to_ical().decode("ascii"),
        "moment": vDDDTypes(moment).to_ical().decode("ascii") if moment is not None else "",
        "zone": zone,
        "onward": _line(parameters.get("RANGE")).upper() == "THISANDFUTURE",
        "observances": _observances(zone, calendar) if zone else [],
    }


def _observances(zone: str, calendar: icalendar.Component) -> list[Json]:
    """How the clocks of a zone go, as the file tells it (RFC 5545 3.6.5)."""
    named = next((one for one in calendar.walk("VTIMEZONE") if _line(one.get("TZID")) == zone), None)
    kept = ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE")
    observances = named.subcomponents[:MOST_OBSERVANCES] if named is not None else []
    return [{"kind": str(one.name), **{name: _written_out(one.get(name)) for name in kept}} for one in observances]


def _written_out(value: object) -> str:
    written = _first(value)
    made = written.to_ical() if hasattr(written, "to_ical") else ""
    return made.decode("utf-8", "replace") if isinstance(made, bytes) else str(made)


def _rule(value: object) -> Json | None:
    if not isinstance(value, dict):
        return None
    rule: Json = {}
    for name, parts in value.items():
        if str(name).upper() in _RULE_PARTS:
            written = [part.isoformat() if isinstance(part, date) else _line(part) for part in _all(parts)[:60]]
            rule[str(name).upper()] = written
    return rule


def main(given: BinaryIO, taken: BinaryIO) -> int:
    """Read, and write JSON; 1 where nothing can be read."""
    try:
        told = read(given.read())
    except Exception:  # noqa: BLE001  # a parser of strangers' octets fails in many ways, and each of them means the same
        return 1
    taken.write(json.dumps(told).encode("ascii"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer, sys.stdout.buffer))
