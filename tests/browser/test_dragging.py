"""Messages are dragged onto folders."""

from collections.abc import Callable

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.person import Person
from tests.modules.mail.letters import plain

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Enter = Callable[..., Person]
ARCHIVE = ".mailboxes [data-role=archive]"
# Begins to drag a row, of whose end nothing is heard, and then drags a file over a folder.
FORGOTTEN = """
const drag = (kind, place, dataTransfer) =>
  place.dispatchEvent(new DragEvent(kind, {dataTransfer, bubbles: true, cancelable: true}));
const [row, folder] = [".row-link", arguments[0]].map((one) => document.querySelector(one));
const [message, file] = [new DataTransfer(), new DataTransfer()];
drag("dragstart", row, message);
const taken = !drag("dragover", folder, message);
file.items.add(new File(["."], "a.txt"));
const kept = drag("dragover", folder, file) && drag("drop", folder, file);
return [taken, kept];
"""


@pytest.fixture
def person(reader: Enter) -> Person:
    """Before an inbox with three messages, the newest called Third."""
    return reader(plain("First"), plain("Second"), plain("Third"))


def take(person: Person, position: int = 0) -> ActionChains:
    """The hand that holds a row of the list and begins to carry it away."""
    row = person.all(".row-link")[position]
    return ActionChains(person.browser).move_to_element(row).click_and_hold().move_by_offset(-12, 6).pause(0.1)


def carry(hand: ActionChains, to: WebElement) -> ActionChains:
    """Carry it over something; what is below the mouse is told only as the mouse moves on."""
    return hand.move_to_element(to).pause(0.1).move_by_offset(3, 3).pause(0.1)


def test_a_message_is_dragged_into_a_folder_and_brought_back(person: Person) -> None:
    carry(take(person), person.one(ARCHIVE)).release().perform()
    person.wait_for_subjects("Second", "First")
    person.user.wait_for_messages(1, "Archive")
    person.wait_for_notice("Undo")
    person.press("z")
    person.wait_for_notice("Undone.")
    person.wait_for_subjects("Third", "Second", "First")
    assert person.user.uids("Archive") == []


def test_all_that_is_selected_comes_along_and_the_hand_shows_how_much(person: Person) -> None:
    note = """
    window.carried = [];
    new MutationObserver(() => {
      const picture = document.querySelector(".dragged");
      if (picture) window.carried.push(picture.textContent);
    }).observe(document.body, {childList: true});
    """
    person.script(note)
    for position in (0, 2):
        person.all(".row-pick")[position].click()
    carry(take(person, 2), person.one(ARCHIVE)).release().perform()
    person.wait_for_subjects("Second")
    person.user.wait_for_messages(2, "Archive")
    assert person.script("return window.carried") == ["2 messages"]
    assert person.all(".dragged") == []


def test_a_message_that_is_not_selected_is_dragged_alone(person: Person) -> None:
    person.all(".row-pick")[0].click()
    carry(take(person, 1), person.one(ARCHIVE)).release().perform()
    person.wait_for_subjects("Third", "First")
    person.user.wait_for_messages(1, "Archive")


def test_the_folder_below_says_that_it_would_take_it_and_the_messages_own_does_not(person: Person) -> None:
    carry(take(person), person.one(ARCHIVE)).perform()
    person.until(lambda: person.all(".mailboxes .drop"))
    assert person.one(".mailboxes .drop").get_attribute("data-role") == "archive"
    carry(ActionChains(person.browser), person.one(".mailboxes [data-role=inbox]")).perform()
    person.until(lambda: not person.all(".mailboxes .drop"))
    ActionChains(person.browser).release().perform()
    assert person.subjects() == ["Third", "Second", "First"] and len(person.user.uids()) == 3


def test_with_ctrl_it_is_copied(person: Person) -> None:
    hand = carry(take(person), person.one(ARCHIVE)).key_down(Keys.CONTROL)
    hand.move_by_offset(2, 2).release().key_up(Keys.CONTROL).perform()
    person.user.wait_for_messages(1, "Archive")
    assert person.subjects() == ["Third", "Second", "First"] and len(person.user.uids()) == 3


def test_a_rail_opens_for_what_is_carried_over_it(person: Person) -> None:
    person.browser.set_window_size(1000, 800)
    person.wait_for(".side-open")
    carry(take(person), person.one(".mailboxes [data-role=trash]")).perform()
    person.wait_for("#side[data-open]")
    carry(ActionChains(person.browser), person.one(ARCHIVE)).release().perform()
    person.user.wait_for_messages(1, "Archive")
    person.until(lambda: not person.all("#side[data-open]"))


def test_a_file_over_a_folder_is_no_message(person: Person) -> None:
    assert person.script(FORGOTTEN, ARCHIVE) == [True, True]
    assert person.subjects() == ["Third", "Second", "First"]
    assert person.user.uids("Archive") == []
