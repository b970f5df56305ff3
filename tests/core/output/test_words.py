"""Dates, sizes and letters as people say them."""

import io
from datetime import UTC, date, datetime
from gettext import GNUTranslations, NullTranslations
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_time
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from core import Moment, Sentence
from core.output.words import (
    Dates,
    as_written,
    avatar_colour,
    initials,
    say,
    size_in_words,
    time_of_day,
    when,
    when_in_full,
)

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


def moment(month: int, day: int, hour: int = 9, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("then", "said"),
    [
        (moment(11, 20), "09:05"),
        (moment(11, 19), "Yesterday"),
        (moment(11, 16), "Monday"),
        (moment(3, 2), "2 Mar"),
        (moment(3, 2, year=2024), "2 Mar 2024"),
        (None, ""),
    ],
)
def test_a_date_is_said_as_people_say_it(then: datetime | None, said: str) -> None:
    assert when(then, NOW, "en") == said


def test_a_date_is_said_in_the_readers_language() -> None:
    assert when(moment(11, 20), NOW, "de") == "09:05"
    assert when(moment(11, 19), NOW, "de", "Gestern") == "Gestern"


def test_a_date_is_said_in_the_readers_zone() -> None:
    assert when(moment(11, 19, 22), NOW.astimezone(ZoneInfo("Asia/Tokyo")), "de") == "Yesterday"
    assert when(moment(11, 20, 22), NOW.astimezone(ZoneInfo("Asia/Tokyo")), "en-GB") == "07:05"


def test_a_date_in_full_names_the_day_and_the_zone() -> None:
    assert when_in_full(moment(11, 20), NOW, "en") == "Friday, 20 November 2026, 09:05 UTC"
    assert when_in_full(None, NOW, "en") == ""


@pytest.mark.parametrize(
    ("language", "locale"), [("en", "en_GB"), *((name, name) for name in ("de", "fr", "es", "ar"))]
)
def test_every_minute_of_a_day_is_written_as_its_language_does(language: str, locale: str) -> None:
    for hour, minute in product(range(0, 24, 5), range(60)):
        at = datetime(2026, 11, 20, hour, minute, tzinfo=UTC)
        assert time_of_day(at, UTC, language) == format_time(at.time(), "short", locale=locale)


@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_dates_of_a_page_are_said_as_each_alone_also_where_clocks_are_set_back(language: str) -> None:
    now = NOW.astimezone(ZoneInfo("Europe/Berlin"))
    dates = Dates(now, language, "Gestern")
    october = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    for then in (*october, moment(11, 19), moment(11, 20), moment(7, 1), moment(7, 1, year=2025)):
        said = when(then, now, language, "Gestern"), when_in_full(then, now, language), then.isoformat()
        assert dates.of(then) == said
    assert dates.of(october[0])[1] != dates.of(october[1])[1]


@pytest.mark.parametrize(
    ("zone", "month", "said"),
    [
        ("America/St_Johns", 11, "08:30 -0330"),
        ("America/St_Johns", 7, "09:30 -0230"),
        ("Pacific/Marquesas", 11, "02:30 -0930"),
        ("Asia/Kathmandu", 11, "17:45 +0545"),
        ("America/Caracas", 11, "08:00 -0400"),
    ],
)
def test_a_zone_off_the_full_hour_is_as_far_from_utc_as_its_clocks(zone: str, month: int, said: str) -> None:
    at = datetime(2026, month, 22, 12, tzinfo=UTC)
    assert when_in_full(at, at.astimezone(ZoneInfo(zone)), "en").endswith(f" 2026, {said}")


def test_a_time_of_day_is_that_of_a_zone_or_as_it_was_written() -> None:
    assert time_of_day(moment(11, 20), ZoneInfo("Asia/Tokyo"), "en") == "18:05"
    assert time_of_day(datetime(2026, 11, 20, 9, 5), ZoneInfo("Asia/Tokyo"), "de") == "09:05"


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ar"])
@pytest.mark.parametrize("hour", [0, 9, 12, 23])
def test_the_time_of_day_is_written_in_one_way_in_lists_and_in_full(language: str, hour: int) -> None:
    at = moment(11, 20, hour)
    shown = when(at, NOW, language)
    assert shown == time_of_day(at, UTC, language) and f"{shown} " in when_in_full(at, NOW, language)
    assert as_written(at, language).endswith(shown)


def test_a_day_of_every_year_has_none() -> None:
    told = {language: as_written(date(2000, 2, 29), language, yearly=True) for language in ("en", "de", "fr", "es")}
    assert told == {"en": "29 February", "de": "29. Februar", "fr": "29 février", "es": "29 de febrero"}


@pytest.mark.parametrize(
    ("octets", "said"),
    [(0, "0 B"), (999, "999 B"), (1400, "1.4 kB"), (14_000, "14 kB"), (25_000_000, "25 MB"), (-5, "0 B")],
)
def test_a_size_has_a_unit(octets: int, said: str) -> None:
    assert size_in_words(octets, "en") == said


@pytest.mark.parametrize(
    ("label", "letters"),
    [("Ada Lovelace", "AL"), ("ada@example.org", "AO"), ("李小龍", "李"), ("", "?"), ("'''", "?"), ("Åse", "Å")],
)
def test_initials_are_one_or_two_letters(label: str, letters: str) -> None:
    assert initials(label) == letters


def test_the_colour_of_an_address_stays_the_same() -> None:
    assert avatar_colour("Ann@Example.org") == avatar_colour("ann@example.org")
    assert all(0 <= avatar_colour(str(number)) < 12 for number in range(50))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "Freitag, 20. November 2026, 09:05 UTC"),
        ("fr", "vendredi 20 novembre 2026, 09:05 TU"),
        ("ar", "الجمعة، 20 نوفمبر 2026، 9:05 ص UTC"),
    ],
)
def test_a_date_in_full_is_written_as_the_language_does(language: str, said: str) -> None:
    assert when_in_full(moment(11, 20), NOW, language) == said


def test_a_day_of_this_year_is_written_as_the_language_does() -> None:
    assert (when(moment(3, 2), NOW, "de"), when(moment(3, 2), NOW, "ar")) == ("2. März", "2 مارس")


@pytest.mark.parametrize(
    ("octets", "language", "said"),
    [(999, "fr", "999\u202fo"), (1400, "fr", "1,4\u202fko"), (25_000_000, "ar", "25 م.ب"), (1400, "de", "1,4 kB")],
)
def test_a_size_is_said_in_the_readers_language(octets: int, language: str, said: str) -> None:
    assert size_in_words(octets, language) == said


def german() -> GNUTranslations:
    catalogue = Catalog(locale="de")
    catalogue.add("%(name)s is your folder for %(use)s.", "%(name)s ist der Ordner für %(use)s.")
    catalogue.add("spam", "Spam")
    catalogue.add("Archive", "Archivieren")
    catalogue.add("Archive", "Archiv", context="folder")
    catalogue.add(("%(num)s message", "%(num)s messages"), ("%(num)s Nachricht", "%(num)s Nachrichten"))
    octets = io.BytesIO()
    write_mo(octets, catalogue)
    octets.seek(0)
    return GNUTranslations(octets)


def test_a_sentence_is_said_with_all_that_it_holds() -> None:
    sentence = Sentence("%(name)s is your folder for %(use)s.", name="Müll", use=Sentence("spam"))
    assert say(sentence, german(), "de") == "Müll ist der Ordner für Spam."


def test_a_number_is_said_as_the_language_writes_it() -> None:
    one, many = "%(num)s message", "%(num)s messages"
    assert say(Sentence.counted(one, many, 1), german(), "de") == "1 Nachricht"
    assert say(Sentence.counted(one, many, 1200), german(), "de") == "1.200 Nachrichten"


def test_the_context_tells_which_translation_is_meant() -> None:
    assert say(Sentence("Archive"), german(), "de") == "Archivieren"
    assert say(Sentence.within("folder", "Archive"), german(), "de") == "Archiv"


def test_a_moment_is_said_in_full_in_the_language_and_in_a_zone() -> None:
    sentence = Sentence("since %(since)s", since=Moment(moment(11, 20)))
    assert say(sentence, german(), "de") == "since Freitag, 20. November 2026, 09:05 UTC"
    joined, berlin = Sentence.joined(["a", sentence]), ZoneInfo("Europe/Berlin")
    assert say(joined, german(), "de", berlin) == "a since Freitag, 20. November 2026, 10:05 MEZ"


def test_a_sentence_without_a_translation_stays_english() -> None:
    assert say(Sentence("No %(what)s", what="idea"), NullTranslations(), "de") == "No idea"
    assert say(Sentence(""), german(), "de") == ""
