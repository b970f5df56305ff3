"""Where there is little room, nothing is cut off or covered; where there is nothing, it is said."""

from collections.abc import Callable
from functools import partial

import pytest

from tests.browser.person import INBOX, Person
from tests.modules.mail.letters import plain, rich

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Enter = Callable[..., Person]

# What is seen of the tools for a selection, and ends or begins outside of the list.
_OUTSIDE = """
const list = document.querySelector("#list-pane").getBoundingClientRect();
return [...document.querySelectorAll(".toolbar > *, .toolbar summary, .list-bar .chip")]
  .filter((one) => one.checkVisibility({visibilityProperty: true}))
  .map((one) => [one.outerHTML, one.getBoundingClientRect()])
  .filter(([, box]) => box.right > list.right + 1 || box.left < list.left - 1);
"""
# Filters of which a part is hidden behind what stands beside them.
_CUT = "return [...document.querySelectorAll('.chips')].filter((one) => one.scrollWidth > one.clientWidth).length"
_TABLE = """<table width="100%"><tr><th>Item</th><th>Quantity</th><th>Price</th></tr>
<tr><td>Vegetable crate, small, with a lid and two handles</td><td>1</td><td>1,234,567.89</td></tr></table>"""
_LINES = """
return [...letter.querySelectorAll("th, td:last-child")].map((cell) => {
  const range = letter.createRange();
  range.selectNodeContents(cell);
  return range.getClientRects().length;
});
"""
_BEGINS = "return document.querySelector(arguments[0]).getBoundingClientRect().top"
_NOTE_WHAT_IS_TOLD = """
window.noted = [];
const note = (changes) => changes.flatMap((change) => [...change.addedNodes])
  .filter((one) => one instanceof Element && one.matches(".notice"))
  .forEach((one) => window.noted.push(one.textContent));
new MutationObserver(note).observe(document.body, {childList: true, subtree: true});
"""


def has_asked(person: Person, times: int) -> bool:
    """Whether the page tried so many times to do something with a message."""
    return sum(one.endswith("/messages") for one in person.asked()) == times


def was_told(person: Person, text: str, times: int) -> bool:
    """Whether notices said something so many times since they were noted."""
    return sum(text in told for told in person.script("return window.noted")) == times


def go_offline(person: Person, offline: bool) -> None:
    """Take the network away, or bring it back."""
    speed = 0 if offline else -1
    conditions = {"offline": offline, "latency": 0, "downloadThroughput": speed, "uploadThroughput": speed}
    person.tell_browser("Network.emulateNetworkConditions", **conditions)


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_all_tools_of_a_selection_have_their_room(person: Person, reader: Enter, width: int) -> None:
    screen = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 700}
    person.tell_browser("Emulation.setDeviceMetricsOverride", **screen)
    reader(*(plain(f"Number {number}") for number in range(12)))
    person.press("*", "a")
    person.wait_for_text(".toolbar-count", "All 12 selected")
    assert person.script(_OUTSIDE) == []


def test_what_has_no_room_among_the_tools_is_in_their_menu(person: Person, reader: Enter) -> None:
    person.be_on_a_phone()
    reader(plain("First"), plain("Second"))
    person.one(".row-pick").click()
    person.use("More actions")
    for name in ("Report spam", "Mark as unread"):
        assert person.named(name, "button").is_displayed()
    person.one(".toolbar .menu-item[value=star]").click()
    person.wait_for(".row-star[aria-pressed=true]")


def test_filters_are_whole_beside_what_empties_a_folder(person: Person, reader: Enter) -> None:
    person.user.append_all(plain("Thrown away"), mailbox="Trash")
    reader(where="/mail/main/Trash/")
    assert person.named("Empty Trash", "button").is_displayed()
    assert person.script(_CUT) == 0


def test_words_in_the_columns_of_a_table_stay_whole_on_a_phone(person: Person, reader: Enter) -> None:
    person.be_on_a_phone()
    reader(rich(_TABLE, subject="Your order"))
    person.wait_for(".row-link").click()
    person.wait_for_message("Your order")
    assert set(person.in_letter(_LINES)) == {1}


def test_a_long_link_in_a_table_still_breaks_on_a_phone(person: Person, reader: Enter) -> None:
    person.be_on_a_phone()
    link = "https://example.test/" + "long" * 40
    reader(rich(f'<table><tr><td>See</td><td><a href="{link}">{link}</a></td></tr></table>', subject="A link"))
    person.wait_for(".row-link").click()
    person.wait_for_message("A link")
    assert person.in_letter("return letter.documentElement.scrollWidth <= letter.documentElement.clientWidth")


def test_the_place_of_a_message_says_that_none_is_open_however_one_came_there(person: Person, reader: Enter) -> None:
    reader(plain("First", "The beans are up."), plain("Second"))
    person.open(f"{INBOX}1")
    person.wait_for_message("First")
    person.press("u")
    person.wait_for("#read-pane .nothing")
    person.press("/", "beans\n")
    person.wait_for_subjects("First")
    assert person.text("#read-pane .nothing-title") == "No message is open"


def test_the_notice_of_being_offline_covers_nothing_and_what_failed_is_told_once(person: Person, reader: Enter) -> None:
    reader(plain("First"), plain("Second"))
    person.script(_NOTE_WHAT_IS_TOLD)
    go_offline(person, True)
    person.press("j")
    for tries in (1, 2):
        person.press("e")
        person.until(partial(has_asked, person, tries))
        person.wait_for_subjects("Second", "First")
        # An answer to what was asked before may come late and take the notice away: what was told is told.
        person.until(partial(was_told, person, "That needs a connection.", tries))
    assert len(person.all("#notices .notice")) <= 1
    bottom = person.script("return document.querySelector('#offline').getBoundingClientRect().bottom")
    assert all(person.script(_BEGINS, one) >= bottom for one in (".brand", ".list-title", "#search"))
    go_offline(person, False)
    person.until(lambda: not person.all("#offline, #notices .notice"))
    # The browser itself told of the requests that did not get through.
    assert all("ERR_INTERNET_DISCONNECTED" in told for told in person.complaints())


def test_keys_are_told_as_they_stand_on_a_keyboard(person: Person, reader: Enter) -> None:
    reader()
    person.press("?")
    person.wait_for_text("dialog h2", "Keyboard shortcuts")
    assert "↓" in person.texts(".keys kbd") and "ArrowDown" not in person.texts(".keys kbd")


def test_the_list_of_commands_does_not_offer_itself(person: Person, reader: Enter) -> None:
    reader()
    person.press("?")
    person.wait_for_text(".keys", "All commands")
    person.press("\ue00c")
    person.until(lambda: not person.all("dialog"))
    person.script("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'k', ctrlKey: true, bubbles: true}))")
    person.wait_for(".finder-list [role=option]")
    assert "All commands" not in "".join(person.texts(".finder-list [role=option]"))


def test_a_message_that_could_not_be_archived_is_back_in_the_list_and_no_more_open(
    person: Person, reader: Enter
) -> None:
    person = reader(plain("First"), plain("Second"))
    person.press("j", "o")
    person.wait_for_message("Second")
    go_offline(person, True)
    person.press("e")
    person.wait_for_subjects("Second", "First")
    person.wait_for("#notices .notice")
    assert person.all(".row-link[aria-current]") == []
    assert (
        person.script("return document.querySelector('.row-link[tabindex=\"0\"] .row-subject').textContent") == "Second"
    )
    go_offline(person, False)
    person.until(lambda: not person.all("#offline, #notices .notice"))
    assert all("ERR_INTERNET_DISCONNECTED" in told for told in person.complaints())
