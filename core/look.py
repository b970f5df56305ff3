"""How the site looks and speaks for one visitor: language, time zone, theme and density."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale

from core.ini.app import AppConfig
from core.input.reading import Client
from core.sentences import Sentence
from core.settings import Density, Language, Theme, TimeZone, setting
from core.zones import zone_named

LANGUAGES = ("en", "de", "fr", "es", "ar")
BROWSER = "browser"
_UTC = ZoneInfo("UTC")
# Whoever chose something else beside it before browsers told their zones has UTC by its short name, and never chose it.
_FOLLOWING = (BROWSER, "UTC")


def language_choices() -> Sequence[tuple[str, str]]:
    """The languages that hm3 speaks, each in its own words."""
    own = [(tag, str(Locale.parse(tag, sep="-").get_display_name(tag) or tag).capitalize()) for tag in LANGUAGES]
    return [(BROWSER, Sentence("As my browser")), *own]


@cache
def time_zone_choices() -> Sequence[tuple[str, str]]:
    """The browser's zone, then those of the IANA database by their names; read once: each of some hundred is a file."""
    zones = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    named = ((zone, zone.replace("_", " ")) for zone in sorted(zones))
    return ((BROWSER, Sentence("As my browser")), ("Etc/UTC", "UTC"), *named)


@dataclass(frozen=True)
class LookSettings:
    """Look and language."""

    language: Language = setting(Language(BROWSER), label="Language", choices=language_choices)
    time_zone: TimeZone = setting(TimeZone(BROWSER), label="Time zone", choices=time_zone_choices)
    theme: Theme = setting(Theme.AUTOMATIC, label="Theme")
    density: Density = setting(Density.COMFORTABLE, label="Density", help="How much room the rows of lists take.")

    @property
    def follows_browser(self) -> bool:
        """Whether dates are shown in the browser's own zone."""
        return self.time_zone in _FOLLOWING


def visitor_zone(look: LookSettings, client: Client, app: AppConfig) -> ZoneInfo:
    """The zone in which a visitor reads and writes dates: what they chose, else their browser's, else the site's."""
    chosen = None if look.follows_browser else zone_named(look.time_zone)
    return chosen or client.zone or zone_named(app.time_zone) or _UTC


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
