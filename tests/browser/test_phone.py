"""On a phone: one pane at a time, a drawer with the folders, fingers for a mouse."""

from collections.abc import Callable

import pytest

from tests.browser.person import INBOX, Person
from tests.modules.mail.letters import plain, rich

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Enter = Callable[..., Person]


@pytest.fixture
def person(person: Person, reader: Enter) -> Person:
    """Before an inbox with two messages, on a phone."""
    person.be_on_a_phone()
    return reader(plain("First"), plain("Second", "The beans are up."))


def swipe(person: Person, row: int, far: int) -> None:
    """Draw a finger over a row."""
    box = person.all(".row")[row].rect
    begin, height = (50 if far > 0 else 340), box["y"] + box["height"] / 2

    def touch(kind: str, across: float | None) -> None:
        points = [] if across is None else [{"x": across, "y": height}]
        person.tell_browser("Input.dispatchTouchEvent", type=kind, touchPoints=points)

    touch("touchStart", begin)
    for step in range(1, 6):
        touch("touchMove", begin + far * step / 5)
    touch("touchEnd", None)


def tap(person: Person, selector: str) -> None:
    """Touch what a selector finds, as soon as it is seen."""
    person.wait_for(selector).click()


def speak(person: Person, language: str) -> None:
    """Choose the language of the site."""
    person.open("/settings")
    person.script("const s = document.querySelector('[name=language]'); s.value = arguments[0];", language)
    person.script("document.querySelector('#look').requestSubmit()")
    person.until(lambda: person.one("html").get_attribute("lang") == language)


def test_a_message_takes_the_place_of_the_list_and_the_way_back_brings_it(person: Person) -> None:
    tap(person, ".row-link")
    person.wait_for_message("Second")
    assert not person.one("#list-pane").is_displayed()
    person.use("Back to the list")
    person.until(lambda: person.one("#list-pane").is_displayed())
    assert not person.one("#read-pane").is_displayed() and person.path == INBOX


def test_the_browsers_way_back_leads_from_a_message_to_the_list(person: Person) -> None:
    tap(person, ".row-link")
    person.wait_for_message("Second")
    person.browser.back()
    person.until(lambda: person.one("#list-pane").is_displayed())
    assert person.subjects() == ["Second", "First"]


def test_folders_lie_in_a_drawer(person: Person) -> None:
    assert not person.script("return document.querySelector('.mailboxes').checkVisibility({visibilityProperty: true})")
    person.use("More", "link")
    tap(person, ".mailboxes [data-role=sent]")
    person.wait_for_text(".list-title", "Sent")
    person.until(
        lambda: (
            not person.script(
                "const box = document.querySelector('.mailboxes').getBoundingClientRect();"
                "return document.querySelector('.mailboxes').checkVisibility({visibilityProperty: true})"
                " && box.right > 0 && box.left < innerWidth"
            )
        )
    )


def test_nothing_is_wider_than_the_screen(person: Person) -> None:
    for page in (INBOX, f"{INBOX}1", "/settings", "/folders", "/compose", "/security"):
        person.open(page)
        assert person.script("return document.documentElement.scrollWidth") <= 390, page


def test_what_is_touched_is_large_enough(person: Person) -> None:
    person.open(f"{INBOX}1")
    small = person.script("""
    return [...document.querySelectorAll(".bottom a, .read-bar .tool, .reply-box a")]
      .filter((one) => one.checkVisibility())
      .map((one) => [one.outerHTML, one.getBoundingClientRect()]).filter(([, box]) => box.width < 40 || box.height < 40)
    """)
    assert small == []


def test_a_row_swiped_to_one_side_is_archived(person: Person) -> None:
    swipe(person, 0, 250)
    person.wait_for_subjects("First")
    person.user.wait_for_messages(1, "Archive")


def test_a_row_swiped_to_the_other_side_is_deleted(person: Person) -> None:
    swipe(person, 0, -250)
    person.wait_for_subjects("First")
    person.user.wait_for_messages(1, "Trash")


def test_a_short_swipe_changes_nothing(person: Person) -> None:
    swipe(person, 0, 60)
    assert person.subjects() == ["Second", "First"] and len(person.user.uids()) == 2


def test_the_search_is_reached_from_the_bar_at_the_foot(person: Person) -> None:
    person.use("Search", "link")
    person.until(lambda: person.script("return document.activeElement.name") == "q")
    person.press("subject:First", "\n")
    person.wait_for_subjects("First")


def test_a_wide_newsletter_is_made_as_narrow_as_the_screen(person: Person) -> None:
    uid = person.user.append(rich('<table width="700"><tr><td>Wide news</td></tr></table>'))
    person.open(f"{INBOX}{uid}")
    person.wait_for_message("Newsletter")
    person.until(lambda: person.in_letter("return letter.documentElement.scrollWidth <= 390"))
    assert person.script("return document.documentElement.scrollWidth") <= 390


def test_who_gets_an_answer_takes_one_line_until_somebody_is_added(person: Person) -> None:
    tap(person, ".row-link")
    person.wait_for_message("Second")
    tap(person, ".reply-box a")
    person.wait_for(".people .recipient")
    person.script("document.documentElement.dir = 'rtl'")
    # A name that is cut is cut at its own end, whatever the language of the page.
    direction = "return getComputedStyle(document.querySelector('.people .recipient-name')).direction"
    assert person.script(direction) == "ltr"
    person.script("document.documentElement.dir = 'ltr'")
    # As long as leaves the field less room than it has while somebody types.
    person.script("document.querySelector('.people .recipient').style.inlineSize = 'calc(100% - 40px)'")
    height = "return document.querySelector('.people').getBoundingClientRect().height"
    before = person.script(height)
    assert before < 50
    person.script("document.querySelector('.people input').focus()")
    assert person.script(height) > before + 30


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_recipient_of_a_long_name_leaves_the_field_its_place_beside_it(person: Person, language: str) -> None:
    speak(person, language)
    person.open(f"/compose?to={'A%20very%20long%20name%20' * 5}%3Clong@example.test%3E")
    person.wait_for(".people .recipient")
    assert person.script("return document.querySelector('.people').getBoundingClientRect().height") < 50
    chip, field = person.one(".people .recipient").rect, person.one(".people input").rect
    assert abs(chip["y"] - field["y"]) < 5 and field["width"] >= 24


def test_a_message_is_written_and_sent(person: Person) -> None:
    person.use("Compose", "link")
    person.wait_for("form.compose")
    person.script("document.querySelector('form.compose').dataset.undoSeconds = '0'")
    person.named("To").send_keys(f"{person.user.name},")
    person.named("Subject").send_keys("From the bus")
    person.named("Message").send_keys("Soon there.")
    person.use("Send", "button")
    person.user.wait_for_messages(3)


@pytest.mark.parametrize("language", ["ar", "de", "en"])
def test_all_filters_of_the_list_are_seen_whole(person: Person, language: str) -> None:
    speak(person, language)
    person.open(INBOX)
    assert person.script("const one = document.querySelector('.chips'); return one.scrollWidth <= one.clientWidth")
