"""Settings: saved as they are chosen, seen at once, and found again after another login."""

from collections.abc import Callable

import pytest

from tests.browser.person import INBOX, Person
from tests.modules.mail.letters import plain

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Enter = Callable[..., Person]


@pytest.fixture
def person(reader: Enter) -> Person:
    """Before the settings page."""
    return reader(plain("Plants"), where="/settings")


def root(person: Person, name: str) -> str:
    """What the page's root element says of the look."""
    return person.one("html").get_attribute(name) or ""


def choose(person: Person, name: str, choice: str) -> None:
    """Choose, and wait until it is saved."""
    person.choose(name, choice)
    person.wait_for_notice("Undo")


def come_again(person: Person, where: str = INBOX) -> None:
    """Log out, and in anew."""
    person.one("[data-logout] button").click()
    person.wait_for("[name=password]")
    person.enter(where)


def test_theme_and_density_are_seen_at_once_and_after_another_login(person: Person) -> None:
    person.choose("Theme", "Dark")
    person.until(lambda: root(person, "data-theme") == "dark")
    person.choose("Density", "Compact")
    person.until(lambda: root(person, "data-density") == "compact")
    come_again(person)
    assert (root(person, "data-theme"), root(person, "data-density")) == ("dark", "compact")
    assert person.script("return getComputedStyle(document.body).colorScheme") == "dark"


def test_the_language_changes_at_once_and_after_another_login(person: Person) -> None:
    person.choose("Language", "Deutsch")
    person.until(lambda: root(person, "lang") == "de" and person.text("h1") == "Einstellungen")
    come_again(person)
    assert person.text(".list-title") == "Posteingang"


def test_a_language_from_right_to_left_mirrors_the_page(person: Person) -> None:
    person.choose("Language", "العربية")
    person.until(lambda: root(person, "dir") == "rtl")
    come_again(person)
    side, main = person.one("#side").rect, person.one("#main").rect
    assert side["x"] > main["x"]


def test_a_message_opens_where_it_was_wished(person: Person) -> None:
    choose(person, "Open messages", "Below the list")
    come_again(person)
    listed, read = person.one("#list-pane").rect, person.one("#read-pane").rect
    assert read["y"] > listed["y"] + listed["height"] - 1
    person.open("/settings")
    choose(person, "Open messages", "In place of the list")
    person.open(INBOX)
    person.wait_for(".row-link").click()
    person.wait_for_message("Plants")
    assert not person.one("#list-pane").is_displayed()


def test_the_number_of_rows_is_kept_and_a_wrong_one_refused_beside_the_field(person: Person) -> None:
    person.fill("Messages per page", "7000")
    person.wait_for_text("[data-error=page_size]", "Messages per page")
    person.fill("Messages per page", "20")
    person.wait_for_notice("Undo")
    assert person.texts("[data-error=page_size]") == [""]
    come_again(person, "/settings")
    assert person.named("Messages per page").get_property("value") == "20"


def test_a_setting_is_taken_back(person: Person) -> None:
    choose(person, "Theme", "Dark")
    person.use("Undo", "button")
    person.wait_for_notice("Undone.")
    assert root(person, "data-theme") == "automatic"
    person.open("/settings")
    assert root(person, "data-theme") == "automatic"


def test_messages_stay_unread_for_whoever_marks_them_by_hand(person: Person) -> None:
    person.use("Mark messages as read when I open them")
    person.wait_for_notice("Undo")
    person.open(f"{INBOX}1")
    person.wait_for_message("Plants")
    person.open(INBOX)
    assert person.user.flags(1) & {"\\Seen"} == set()
    assert person.texts(".row.unseen .row-subject") == ["Plants"]


def test_a_setting_is_found_by_typing(person: Person) -> None:
    person.named("Find a setting").send_keys("remote")
    shown = [one.text.splitlines()[0] for one in person.all("[data-setting]") if one.is_displayed()]
    assert shown == ["Remote images"]
