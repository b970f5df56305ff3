"""What is done with messages by hand: stars, folders, spam and the bin, each shown at once and taken back."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.person import INBOX, Person
from tests.modules.mail.letters import plain
from tests.servers.mail_user import MailUser

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Enter = Callable[..., Person]


@pytest.fixture
def person(reader: Enter, mail_user: MailUser) -> Person:
    """Before an inbox with three messages, the newest called Third."""
    for minute, subject in enumerate(("First", "Second", "Third")):
        # What came in one second would stand in the order of UIDs, which are others for what was moved and came back.
        mail_user.append(plain(subject), received=datetime(2026, 5, 1, 8, minute, tzinfo=UTC))
    return reader()


def row(person: Person, subject: str) -> WebElement:
    """The row of a message, with the mouse on it so that its buttons are seen."""
    found = next(row for row in person.all(".row") if subject in row.text)
    ActionChains(person.browser).move_to_element(found).perform()
    return found


def press_in_row(person: Person, subject: str, button: str) -> None:
    """Press one of the small buttons of a row."""
    row(person, subject).find_element("css selector", f"[data-row={button}]").click()


def select(person: Person, *subjects: str) -> None:
    """Tick messages."""
    for subject in subjects:
        row(person, subject).find_element("css selector", ".row-pick").click()


def choose_folder(person: Person, name: str) -> None:
    """Type a folder's name where one is asked for."""
    person.wait_for("dialog[open] input")
    person.press(name, "\n")


def test_the_star_of_a_row_is_set_and_taken_away(person: Person) -> None:
    press_in_row(person, "Second", "star")
    person.until(lambda: "\\Flagged" in person.user.flags(2))
    assert row(person, "Second").find_element("css selector", ".row-star").get_attribute("aria-pressed") == "true"
    press_in_row(person, "Second", "star")
    person.until(lambda: "\\Flagged" not in person.user.flags(2))


def test_the_button_of_a_row_marks_it_as_read_and_unread(person: Person) -> None:
    press_in_row(person, "Second", "seen")
    person.until(lambda: "\\Seen" in person.user.flags(2))
    person.until(lambda: person.texts(".mailboxes [data-role=inbox] .count") == ["2"])
    press_in_row(person, "Second", "seen")
    person.until(lambda: "\\Seen" not in person.user.flags(2))


def test_an_archived_message_comes_back_by_undo(person: Person) -> None:
    press_in_row(person, "Second", "archive")
    person.wait_for_subjects("Third", "First")
    person.user.wait_for_messages(1, "Archive")
    person.use("Undo", "button")
    person.wait_for_subjects("Third", "Second", "First")
    # The row is shown again at once, the server follows.
    person.until(lambda: person.user.uids("Archive") == [])
    assert len(person.user.uids()) == 3


def test_selected_messages_move_to_a_folder_and_back(person: Person) -> None:
    select(person, "First", "Third")
    assert person.texts("[data-selected]") == ["2 selected"]
    person.use("Move to a folder")
    choose_folder(person, "archive")
    person.wait_for_subjects("Second")
    person.user.wait_for_messages(2, "Archive")
    person.use("Undo", "button")
    person.wait_for_subjects("Third", "Second", "First")


def test_a_copy_stands_in_both_folders(person: Person) -> None:
    select(person, "First")
    person.use("More actions")
    person.use("Copy to a folder")
    choose_folder(person, "archive")
    person.user.wait_for_messages(1, "Archive")
    assert len(person.user.uids()) == 3 and person.subjects() == ["Third", "Second", "First"]


def test_a_deleted_message_goes_to_the_trash(person: Person) -> None:
    press_in_row(person, "Third", "trash")
    person.wait_for_subjects("Second", "First")
    person.user.wait_for_messages(1, "Trash")


def test_messages_are_deleted_for_good_only_after_a_question(person: Person) -> None:
    select(person, "First", "Second")
    person.use("More actions")
    person.use("Delete for good", "button")
    person.wait_for_text("dialog h2", "Delete 2 messages for good?")
    person.use("Cancel", "button")
    assert person.subjects() == ["Third", "Second", "First"]
    person.use("More actions")
    person.use("Delete for good", "button")
    person.wait_for("dialog[open] .primary").click()
    person.wait_for_subjects("Third")
    person.until(lambda: person.user.uids() == [3])
    assert person.user.uids("Trash") == []


def test_what_is_deleted_in_the_trash_is_deleted_for_good_only_after_a_question(person: Person) -> None:
    person.user.append_all(plain("Older"), plain("Old"), mailbox="Trash")
    person.open("/mail/main/Trash/")
    person.wait_for_subjects("Old", "Older")
    select(person, "Old")
    ways: tuple[Callable[[], None], ...] = (
        partial(person.press, "#"),
        partial(press_in_row, person, "Old", "trash"),
    )
    for delete in ways:
        delete()
        person.wait_for_text("dialog[open] h2", "Delete this message for good?")
        person.use("Cancel", "button")
        person.until(lambda: not person.all("dialog[open]"))
        assert person.user.uids("Trash") == [1, 2] and person.subjects() == ["Old", "Older"]
    person.all(".row-link")[0].click()
    person.wait_for_message("Old")
    person.one(".read-bar [name=action][value=trash]").click()
    person.wait_for("dialog[open] .primary").click()
    person.wait_for_subjects("Older")
    person.until(lambda: person.user.uids("Trash") == [1])


def test_the_trash_is_emptied_after_a_question(person: Person) -> None:
    person.user.append(plain("Rubbish"), "Trash")
    person.open("/mail/main/Trash/")
    person.use("Empty Trash", "button")
    person.wait_for_text("dialog h2", "Empty Trash?")
    person.use("Empty", "button")
    person.wait_for_text(".nothing-title", "This folder is empty")
    assert person.user.uids("Trash") == []


def test_spam_is_reported_and_called_back(person: Person) -> None:
    person.all(".row-link")[0].click()
    person.wait_for_message("Third")
    person.use("Report spam")
    person.user.wait_for_messages(1, "Junk")
    person.wait_for_subjects("Second", "First")
    person.open("/mail/main/Junk/")
    person.wait_for(".row-link").click()
    person.wait_for_message("Third")
    person.use("Not spam")
    person.user.wait_for_messages(3)
    assert person.user.uids("Junk") == []


def test_shift_and_a_click_select_all_between(person: Person) -> None:
    select(person, "Third")
    box = row(person, "First").find_element("css selector", ".row-pick")
    ActionChains(person.browser).key_down("\ue008").click(box).key_up("\ue008").perform()
    person.wait_for_text("[data-selected]", "3 selected")


def test_a_message_that_is_gone_meanwhile_comes_back_into_nobodys_list(person: Person) -> None:
    with person.user.connection() as connection:
        connection.select("INBOX")
        connection.uid("STORE", "2", "+FLAGS", "(\\Deleted)")
        connection.expunge()
    press_in_row(person, "Second", "archive")
    person.use("Look for new messages")
    person.wait_for_subjects("Third", "First")


def test_lists_are_filtered_and_ordered(person: Person) -> None:
    press_in_row(person, "Second", "star")
    person.until(lambda: "\\Flagged" in person.user.flags(2))
    person.use("Starred", "link")
    person.wait_for_subjects("Second")
    person.use("All", "link")
    person.wait_for_subjects("Third", "Second", "First")
    person.use("Sort by")
    person.use("Oldest first")
    person.wait_for_subjects("First", "Second", "Third")
    assert person.path == f"{INBOX}?order=oldest&show=all&q="


def test_a_search_without_results_says_so(person: Person) -> None:
    search = person.named("Search this folder")
    search.send_keys("from:nobody-like-this\n")
    person.wait_for_text(".nothing-title", "Nothing found")
    person.use("clear the search")
    person.wait_for_subjects("Third", "Second", "First")
