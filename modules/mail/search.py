"""The search box: words, and fields such as from:, to:, is:unread, has:attachment, before: and larger:."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo

from modules.mail.model import Query
from modules.mail.results import Show

LONGEST = 500
MOST_WORDS = 20
_TERM = re.compile(r'(?:([a-z]+):)?(?:"([^"]*)"|(\S+))', re.IGNORECASE)
_SIZE = re.compile(r"([0-9]{1,12})([km]?)b?", re.IGNORECASE | re.ASCII)
_AGE = re.compile(r"([0-9]{1,4})([dwmy])", re.IGNORECASE | re.ASCII)
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_EARLIEST = date(1970, 1, 1)
# What nearly all lists are asked for.
_EVERYTHING = Query()


def read_query(text: str, now: datetime) -> Query:
    """What a typed search asks for, with days as they are in the zone of `now`.

    A field that is unknown or has a bad value is searched for as a word.
    """
    query = _EVERYTHING
    if not text:
        return query
    words: list[str] = []
    for field, quoted, plain in _TERM.findall(text[:LONGEST]):
        value = quoted or plain
        better = _apply(query, field.lower(), value, now) if field and value else None
        if better is not None:
            query = better
        elif value or field:
            words.append(f"{field}:{value}" if field else value)
    return replace(query, words=tuple(words[:MOST_WORDS]))


def narrow(query: Query, show: Show) -> Query:
    """A query for only the unread or only the starred of what it finds."""
    if show is Show.UNREAD:
        return replace(query, seen=False)
    return replace(query, flagged=True) if show is Show.STARRED else query


def read_day(text: str, now: datetime) -> datetime | None:
    """When a day begins in the zone of `now`: 2026-11-30, 2026-11, 2026, today, yesterday, or an age: 7d, 2w, 3m."""
    lowered, today, zone = text.lower(), now.date(), now.tzinfo
    if lowered in ("today", "yesterday"):
        return _midnight(today - timedelta(days=lowered == "yesterday"), zone)
    if age := _AGE.fullmatch(lowered):
        # No mail is older than that, and the calendar ends somewhere.
        days = min(int(age[1]) * _DAYS[age[2]], (today - _EARLIEST).days)
        return _midnight(today - timedelta(days=days), zone)
    for pattern in ("%Y-%m-%d", "%Y/%m/%d", "%Y-%m", "%Y"):
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=zone)
        except ValueError:
            continue
    return None


def _apply(query: Query, field: str, value: str, now: datetime) -> Query | None:
    if field in _FIELDS:
        return _FIELDS[field](query, value)
    if field in ("before", "older"):
        day = read_day(value, now)
        return replace(query, before=day) if day else None
    if field in ("after", "since", "newer"):
        day = read_day(value, now)
        return replace(query, after=day) if day else None
    if field in ("larger", "smaller") and (size := _read_size(value)) is not None:
        return replace(query, larger=size) if field == "larger" else replace(query, smaller=size)
    return None


def _read_size(text: str) -> int | None:
    found = _SIZE.fullmatch(text)
    return int(found[1]) * {"": 1, "k": 1_000, "m": 1_000_000}[found[2].lower()] if found else None


def _is(query: Query, value: str) -> Query | None:
    states: dict[str, Query] = {
        "unread": replace(query, seen=False),
        "unseen": replace(query, seen=False),
        "read": replace(query, seen=True),
        "seen": replace(query, seen=True),
        "starred": replace(query, flagged=True),
        "flagged": replace(query, flagged=True),
        "unstarred": replace(query, flagged=False),
        "answered": replace(query, answered=True),
        "unanswered": replace(query, answered=False),
    }
    return states.get(value.lower())


def _has(query: Query, value: str) -> Query | None:
    return replace(query, has_attachments=True) if value.lower() in ("attachment", "attachments") else None


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    return datetime.combine(day, time(), zone)


_FIELDS: dict[str, Callable[[Query, str], Query | None]] = {
    "from": lambda query, value: replace(query, sender=value),
    "to": lambda query, value: replace(query, to=value),
    "subject": lambda query, value: replace(query, subject=value),
    "body": lambda query, value: replace(query, body=value),
    "label": lambda query, value: replace(query, keyword=value),
    "is": _is,
    "has": _has,
}
