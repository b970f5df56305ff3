"""How the site looks and speaks for one visitor: language, time zone, theme and density."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale

from core.sentences import Sentence
from core.settings import Density, Language, Theme, TimeZone, setting

LANGUAGES = ("en", "de", "fr", "es", "ar")


def language_choices() -> Sequence[tuple[str, str]]:
    """The languages that hm3 speaks, each in its own words."""
    own = [(tag, str(Locale.parse(tag, sep="-").get_display_name(tag) or tag).capitalize()) for tag in LANGUAGES]
    return [("browser", Sentence("As my browser")), *own]


@cache
def time_zone_choices() -> Sequence[tuple[str, str]]:
    """The zones of the IANA database by their names; read once: each of some hundred is a file."""
    zones = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return (("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in sorted(zones)))


@dataclass(frozen=True)
class LookSettings:
    """Look and language."""

    language: Language = setting(Language("browser"), label="Language", choices=language_choices)
    time_zone: TimeZone = setting(TimeZone("UTC"), label="Time zone", choices=time_zone_choices)
    theme: Theme = setting(Theme.AUTOMATIC, label="Theme")
    density: Density = setting(Density.COMFORTABLE, label="Density", help="How much room the rows of lists take.")

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which dates are shown."""
        return ZoneInfo(self.time_zone)


def choose_language(chosen: str, accepted: Sequence[str]) -> str:
    """The language to speak: the chosen one, else the first of the browser's that hm3 speaks, else English."""
    if chosen in LANGUAGES:
        return chosen
    for tag in accepted:
        if (plain := tag.partition("-")[0].lower()) in LANGUAGES:
            return plain
    return "en"


@cache
def direction(language: str) -> str:
    """`rtl` for languages written from right to left, else `ltr`."""
    return "rtl" if Locale.parse(language, sep="-").text_direction == "rtl" else "ltr"
