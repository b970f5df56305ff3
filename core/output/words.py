"""Values as people say them: sentences, dates, sizes and initials, in the visitor's language and time zone."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache
from gettext import NullTranslations
from types import MappingProxyType

from babel.core import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal
from babel.units import format_unit

from core.sentences import Moment, Sentence

AVATAR_COLOURS = 12
_UNITS = ("byte", "kilobyte", "megabyte", "gigabyte", "terabyte")
# American English stands for all in CLDR: dates are written as elsewhere, with days before months and 24 hours.
_DATES = MappingProxyType({"en": "en_GB"})
_COMMA = MappingProxyType({"ar": "، "})
# Which no hour is written as.
_SOME_MINUTE = "58"
_TENTH, _WHOLE = Decimal("0.1"), Decimal(1)
_OWN_BYTES = ("fr", "ar")  # the languages in which a B is no byte


def say(sentence: Sentence, translations: NullTranslations, language: str, zone: tzinfo | None = None) -> str:
    """A sentence in the language of the translations, with its number and its moments as people of that language write.

    Moments are in `zone`, or in their own.
    """
    if not sentence.text:
        return ""  # which catalogues keep for their header
    if sentence.one:
        text = translations.ngettext(sentence.one, sentence.text, sentence.number)
    elif sentence.context:
        text = translations.pgettext(sentence.context, sentence.text)
    else:
        text = translations.gettext(sentence.text)
    if "%" not in text:
        return text
    said: dict[str, object] = {}
    for name, value in sentence.values.items():
        if isinstance(value, Sentence):
            said[name] = say(value, translations, language, zone)
        elif isinstance(value, Moment):
            said[name] = when_in_full(value.at, value.at.astimezone(zone or value.at.tzinfo), language)
        else:
            said[name] = value
    number = _number(sentence.number, _locale(language)) if "%(num)" in text else ""
    return text % {"num": number, **said}


class Dates:
    """Dates as a page shows them at a moment, in its zone and in a language; what they have in common is found once."""

    def __init__(self, now: datetime, language: str, yesterday: str = "Yesterday") -> None:
        self._zone, self._today = now.tzinfo, now.date()
        self._language, self._yesterday = language, yesterday
        self._locale, self._comma = _dates(language), _COMMA.get(language, ", ")
        self._zones: dict[tuple[timedelta | None, timedelta | None, int], str] = {}

    def of(self, moment: datetime) -> tuple[str, str, str]:
        """How a list shows it (see `when`), the whole of it (see `when_in_full`), and it as ISO 8601 has it."""
        local = moment.astimezone(self._zone)
        day = local.date()
        clock = _clock_time(local.hour, local.minute, self._locale)
        days = (self._today - day).days
        if days == 0:
            short = clock
        elif days == 1:
            short = self._yesterday
        else:
            short = _day_in_list(day, 1 < days < 7, day.year == self._today.year, self._language)
        # Moments that are the same elsewhere have the same name for their zone, but where a clock was set back.
        offset, summer = local.utcoffset(), local.dst()
        zone = self._zones.get((offset, summer, day.year))
        if zone is None:
            zone = _zone_name(_Clock(local.tzinfo, offset, summer, day.year, local), _locale(self._language))
            self._zones[offset, summer, day.year] = zone
        return short, f"{_whole_day(day, self._locale)}{self._comma}{clock} {zone}", moment.isoformat()


def when(moment: datetime | None, now: datetime, language: str, yesterday: str = "Yesterday") -> str:
    """A date for a list: the time today, `Yesterday`, day and month this year, else the whole date."""
    return "" if moment is None else Dates(now, language, yesterday).of(moment)[0]


def when_in_full(moment: datetime | None, now: datetime, language: str) -> str:
    """A date with day of the week, time and zone."""
    return "" if moment is None else Dates(now, language).of(moment)[1]


def as_written(at: date, language: str, *, yearly: bool = False) -> str:
    """A day, or what a clock on the wall shows, as somebody wrote it: in no zone. What is `yearly` is of no year."""
    locale = _dates(language)
    if yearly:
        return str(format_skeleton("MMMMd", at, locale=locale))
    day = str(format_date(at, "full", locale=locale))
    if not isinstance(at, datetime):
        return day
    return f"{day}{_COMMA.get(language, ', ')}{time_of_day(at, None, language)}"


def time_of_day(at: datetime, zone: tzinfo | None, language: str) -> str:
    """The time alone as dates in full tell it, in a zone; one that is of no zone itself stays as it was written."""
    local = at.astimezone(zone) if at.tzinfo is not None and zone is not None else at
    return _clock_time(local.hour, local.minute, _dates(language))


# Whoever looks at a list again sees the same dates. A date alone tells nothing of anybody, so all share what is kept.
@lru_cache(maxsize=4096)
def _whole_day(day: date, locale: str) -> str:
    return str(format_date(day, "full", locale=_read(locale)))


@dataclass(frozen=True)
class _Clock:
    """How a zone sets its clocks at some moments of a year; any of these moments stands for all."""

    zone: tzinfo | None
    offset: timedelta | None
    summer: timedelta | None
    year: int
    moment: datetime = field(compare=False)


@lru_cache(maxsize=1024)
def _zone_name(clock: _Clock, locale: str) -> str:
    name = str(format_time(clock.moment, "z", locale=_read(locale)))
    behind = -(clock.offset or timedelta()) // timedelta(minutes=1)
    hours, minutes = divmod(behind, 60)
    if behind <= 0 or not minutes:
        return name
    # Babel counts hours down and minutes up from there: for it St. John's, 3:30 behind UTC, is 4:30 behind.
    return re.sub(rf"0?{hours + 1}(:?){60 - minutes:02}", rf"{hours:02}\g<1>{minutes:02}", name)


@lru_cache(maxsize=4096)
def _clock_time(hour: int, minute: int, locale: str) -> str:
    # Every language writes minutes in two digits.
    return _hour(hour, locale).replace(_SOME_MINUTE, f"{minute:02}")


@lru_cache(maxsize=1024)
def _hour(hour: int, locale: str) -> str:
    return str(format_time(time(hour, int(_SOME_MINUTE)), "short", locale=_read(locale)))


@lru_cache(maxsize=4096)
def _day_in_list(day: date, this_week: bool, this_year: bool, language: str) -> str:
    locale = _read(_dates(language))
    if this_week:
        return str(format_date(day, "EEEE", locale=locale))
    if this_year:
        return str(format_skeleton("MMMd", day, locale=locale))
    return str(format_date(day, "medium", locale=locale))


def size_in_words(octets: int, language: str) -> str:
    """A size with a unit, with one decimal below ten."""
    size = float(max(0, octets))
    unit = 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size /= 1000
        unit += 1
    if unit == 0 and language not in _OWN_BYTES:
        return f"{size:.0f} B"
    pattern, place = ("0.#", _TENTH) if size < 10 and unit else ("0", _WHOLE)
    return _in_unit(Decimal(str(size)).quantize(place), unit, pattern, _locale(language))


def initials(label: str) -> str:
    """One or two letters for an avatar."""
    words = [word for word in label.replace("@", " ").replace(".", " ").split() if word[0].isalnum()]
    letters = [word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])]
    return "".join(letters).upper() or "?"


def avatar_colour(address: str) -> int:
    """A number from 0 to 11 that stays the same for an address."""
    return hashlib.blake2b(address.lower().encode("utf-8", "replace"), digest_size=2).digest()[0] % AVATAR_COLOURS


@lru_cache(maxsize=1024)
def _number(number: int, locale: str) -> str:
    return str(format_decimal(number, locale=locale))


@lru_cache(maxsize=4096)
def _in_unit(size: Decimal, unit: int, pattern: str, locale: str) -> str:
    return str(format_unit(size, f"digital-{_UNITS[unit]}", "short", pattern, locale=locale))


def _dates(language: str) -> str:
    """The locale whose forms of dates and times of day a language is written with, in lists and in full alike."""
    return _DATES.get(language) or _locale(language)


@lru_cache(maxsize=100)
def _read(locale: str) -> Locale:
    """How a locale writes dates, looked for by its name once."""
    return Locale.parse(locale)


def _locale(language: str) -> str:
    return language.replace("-", "_")
