"""Settings: read, kept, shown and changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from zoneinfo import ZoneInfo

import pytest

from core import Count, InputError, Line, NotFound, RawRequest, Text, UserSettings, setting
from core.ini.app import AppConfig, ZoneName
from core.input.reading import Client
from core.look import (
    LookSettings,
    choose_language,
    direction,
    language_choices,
    time_zone_choices,
    visitor_zone,
)
from core.settings import NoSettings, Owner, Sections, TimeZone, section_name
from core.zones import zone_named


class Size(Enum):
    """A choice."""

    SMALL = "small"
    LARGE = "large"


@dataclass(frozen=True)
class ShelfSettings:
    """Shelves.

    How books stand.
    """

    size: Size = setting(Size.SMALL, label="Size", help="How large.")
    dusty: bool = setting(True, label="Dust")
    books: Count = setting(Count(3), label="Books")
    name: Line = setting(Line(""), label="Name")
    note: Text = setting(Text(""), label="Note")
    colour: Line = setting(Line("red"), label="Colour", choices=lambda: [("red", "Red"), ("blue", "Blue")])
    inner: Line = setting(Line(""), label="Inner", hidden=True)


@dataclass(frozen=True)
class SecretSettings:
    """Nothing to see."""

    inner: Line = setting(Line(""), label="Inner", hidden=True)


class Kept:
    """A store in memory."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], Mapping[str, object]] = {}

    def sections(self, owner: Owner) -> Sections:
        return lambda section: self.values.get((owner.name, section), {})

    def save(self, owner: Owner, section: str, values: Mapping[str, object]) -> None:
        self.values[(owner.name, section)] = values


def settings(store: Kept | NoSettings, user: str | None = "ada") -> UserSettings:
    return UserSettings([ShelfSettings, SecretSettings, LookSettings], store, Owner(user) if user else None)


def submit(section: str = "shelf", **form: str) -> RawRequest:
    return RawRequest("POST", {"section": section}, form={name: [value] for name, value in form.items()})


def test_a_section_is_named_after_its_class() -> None:
    assert (section_name(ShelfSettings), section_name(LookSettings)) == ("shelf", "look")


def test_settings_have_defaults_until_they_are_chosen() -> None:
    assert settings(Kept()).get(ShelfSettings) == ShelfSettings()


def test_what_was_put_is_found_again() -> None:
    store = Kept()
    settings(store).put(ShelfSettings(Size.LARGE, False, Count(5), Line("a"), Text("b\nc"), Line("blue"), Line("x")))
    found = settings(store).get(ShelfSettings)
    assert found == ShelfSettings(Size.LARGE, False, Count(5), Line("a"), Text("b\nc"), Line("blue"), Line("x"))


def test_settings_of_one_user_are_not_those_of_another() -> None:
    store = Kept()
    settings(store).put(ShelfSettings(books=Count(9)))
    assert settings(store, "bob").get(ShelfSettings).books == 3


def test_a_stored_value_that_no_longer_fits_has_its_default() -> None:
    store = Kept()
    store.values[("ada", "shelf")] = {"books": "many", "size": "large", "gone": "x"}
    assert settings(store).get(ShelfSettings) == ShelfSettings(size=Size.LARGE)


def test_a_stranger_has_the_defaults_and_cannot_choose() -> None:
    stranger = settings(Kept(), None)
    assert stranger.get(ShelfSettings) == ShelfSettings()
    with pytest.raises(NotFound):
        stranger.put(ShelfSettings())


def test_a_site_without_a_store_keeps_nothing() -> None:
    assert settings(NoSettings()).get(ShelfSettings) == ShelfSettings()
    with pytest.raises(NotFound):
        settings(NoSettings()).put(ShelfSettings())


def test_a_submitted_section_is_read_with_its_types() -> None:
    got = settings(Kept()).submitted(submit(size="large", dusty="0", books="7", colour="blue")).value
    assert got == ShelfSettings(Size.LARGE, False, Count(7), colour=Line("blue"))


def test_a_box_with_its_hidden_no_is_read() -> None:
    request = RawRequest("POST", {"section": "shelf"}, form={"dusty": ["0", "1"]})
    assert settings(Kept()).submitted(request).value.dusty is True


def test_bad_settings_are_refused_by_name() -> None:
    with pytest.raises(InputError) as error:
        settings(Kept()).submitted(submit(books="many", colour="green", size="huge"))
    assert {one.field for one in error.value.errors} == {"books", "colour", "size"}


def test_a_setting_sent_twice_is_refused() -> None:
    with pytest.raises(InputError, match="more than once"):
        settings(Kept()).submitted(RawRequest("POST", {"section": "shelf"}, form={"books": ["1", "2"]}))


@pytest.mark.parametrize("section", ["nowhere", "secret"])
def test_a_section_without_a_form_cannot_be_submitted(section: str) -> None:
    with pytest.raises(NotFound):
        settings(Kept()).submitted(submit(section))


def test_what_is_hidden_or_not_sent_is_kept_when_the_rest_changes() -> None:
    store = Kept()
    settings(store).put(ShelfSettings(size=Size.LARGE, name=Line("mine"), inner=Line("kept")))
    changed = settings(store).submitted(submit(books="4")).value
    assert changed == ShelfSettings(size=Size.LARGE, books=Count(4), name=Line("mine"), inner=Line("kept"))


def test_the_settings_page_shows_every_section_with_something_to_choose() -> None:
    sections = settings(Kept()).sections()
    assert [section.name for section in sections] == ["shelf", "look"]
    assert (sections[0].title, sections[0].help) == ("Shelves", "How books stand.")
    kinds = {field.name: field.kind for field in sections[0].fields}
    assert kinds == {
        "size": "choice",
        "dusty": "yesno",
        "books": "number",
        "name": "line",
        "note": "text",
        "colour": "choice",
    }
    assert sections[0].fields[0].choices == (("small", "Small"), ("large", "Large"))
    assert {field.name: field.kind for field in sections[1].fields}["time_zone"] == "search-choice"


def test_the_names_of_all_settings_are_known() -> None:
    assert {"books", "time_zone"} <= settings(Kept()).names()


def test_languages_are_offered_in_their_own_words() -> None:
    assert ("de", "Deutsch") in language_choices()


def test_time_zones_are_offered_by_name() -> None:
    assert ("America/New_York", "America/New York") in time_zone_choices()


@pytest.mark.parametrize(
    ("chosen", "accepted", "spoken"),
    [
        ("de", ["fr"], "de"),
        ("browser", ["fr-CA", "en"], "fr"),
        ("browser", ["xx", "de"], "de"),
        ("browser", [], "en"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_browsers(chosen: str, accepted: list[str], spoken: str) -> None:
    assert choose_language(chosen, accepted) == spoken


def test_arabic_is_written_from_right_to_left() -> None:
    assert (direction("ar"), direction("en")) == ("rtl", "ltr")


BERLIN, HERE = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")


@pytest.mark.parametrize(
    ("chosen", "told", "zone"),
    [
        ("browser", HERE, HERE),
        ("browser", None, BERLIN),
        ("America/Lima", HERE, ZoneInfo("America/Lima")),
        ("Etc/UTC", HERE, ZoneInfo("Etc/UTC")),
        # As it was kept by those who chose another thing beside it, before browsers told theirs.
        ("UTC", HERE, HERE),
        # One that was known once, in a database of before.
        ("Mars/Base", HERE, HERE),
    ],
)
def test_dates_are_in_the_chosen_zone_or_the_browsers_or_the_sites(
    chosen: str, told: ZoneInfo | None, zone: ZoneInfo
) -> None:
    app = AppConfig(time_zone=ZoneName("Europe/Berlin"))
    assert visitor_zone(LookSettings(time_zone=TimeZone(chosen)), Client(zone=told), app) is zone


def test_a_site_that_names_no_zone_has_utc() -> None:
    assert visitor_zone(LookSettings(), Client(), AppConfig()).key == "UTC"


@pytest.mark.parametrize("name", ["UTC", "Etc/UTC", "Asia/Calcutta", "Etc/GMT+5", "America/Argentina/Buenos_Aires"])
def test_a_zone_is_known_by_its_name(name: str) -> None:
    zone = zone_named(name)
    assert zone is not None and zone.key == name
    assert ZoneName.parse(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *("", "Mars/Base", "Europe", "Europe/", "../../etc/passwd", "Europe/../Berlin", "/usr/share", "localtime"),
        *("right/Europe/Berlin", "europe/berlin", "Europe/Berlin\n", "A/" + "b" * 64, "Etc/\x00", "+05:30"),
    ],
)
def test_what_names_no_zone_is_none(name: str) -> None:
    assert zone_named(name) is None
    with pytest.raises(ValueError, match="is not a time zone like Europe/Berlin"):
        ZoneName.parse(name)
