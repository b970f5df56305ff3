"""Values as people say them: sentences, dates, sizes and initials, in the visitor's language and time zone."""

import hashlib
from datetime import datetime
from gettext import NullTranslations

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal

from core.sentences import Sentence

AVATAR_COLOURS = 12
_UNITS = ("B", "kB", "MB", "GB", "TB")


def say(sentence: Sentence, translations: NullTranslations, language: str) -> str:
    """A sentence in the language of the translations, with its number written as people of that language do."""
    if not sentence.text:
        return ""  # which catalogues keep for their header
    if sentence.one:
        text = translations.ngettext(sentence.one, sentence.text, sentence.number)
    else:
        text = translations.gettext(sentence.text)
    said = {
        name: say(value, translations, language) if isinstance(value, Sentence) else value
        for name, value in sentence.values.items()
    }
    number = str(format_decimal(sentence.number, locale=_locale(language))) if "%(num)" in text else ""
    return text % {"num": number, **said}


def when(moment: datetime | None, now: datetime, language: str, yesterday: str = "Yesterday") -> str:
    """A date for a list: the time today, `Yesterday`, day and month this year, else the whole date."""
    if moment is None:
        return ""
    locale = _locale(language)
    local = moment.astimezone(now.tzinfo)
    days = (now.date() - local.date()).days
    if days == 0:
        return str(format_time(local, "short", locale=locale))
    if days == 1:
        return yesterday
    if 1 < days < 7:
        return str(format_date(local, "EEEE", locale=locale))
    if local.year == now.year:
        return str(format_date(local, "d MMM", locale=locale))
    return str(format_date(local, "medium", locale=locale))


def when_in_full(moment: datetime | None, now: datetime, language: str) -> str:
    """A date with day of the week, time and zone."""
    if moment is None:
        return ""
    local = moment.astimezone(now.tzinfo)
    return str(format_datetime(local, "EEEE, d MMMM y, HH:mm z", locale=_locale(language)))


def size_in_words(octets: int, language: str) -> str:
    """A size with a unit, with one decimal below ten."""
    size = float(max(0, octets))
    unit = 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size /= 1000
        unit += 1
    pattern = "0.#" if size < 10 and unit else "0"
    return f"{format_decimal(size, pattern, locale=_locale(language))} {_UNITS[unit]}"


def initials(label: str) -> str:
    """One or two letters for an avatar."""
    words = [word for word in label.replace("@", " ").replace(".", " ").split() if word[0].isalnum()]
    letters = [word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])]
    return "".join(letters).upper() or "?"


def avatar_colour(address: str) -> int:
    """A number from 0 to 11 that stays the same for an address."""
    return hashlib.blake2b(address.lower().encode("utf-8", "replace"), digest_size=2).digest()[0] % AVATAR_COLOURS


def _locale(language: str) -> str:
    return language.replace("-", "_")
