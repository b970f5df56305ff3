"""Everything with keys alone."""

from collections.abc import Callable

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.person import INBOX, Person
from tests.modules.mail.letters import plain

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Enter = Callable[..., Person]


@pytest.fixture
def person(reader: Enter) -> Person:
    """Before an inbox with three messages, the newest called Third."""
    return reader(plain("First"), plain("Second"), plain("Third"))


def under_cursor(person: Person) -> str:
    """The subject of the row that has the focus."""
    found: str = person.script("return document.activeElement.querySelector('.row-subject')?.textContent ?? ''")
    return found


def test_j_and_k_walk_through_the_rows(person: Person) -> None:
    walked = []
    for key in "jjjkk":
        person.press(key)
        walked.append(under_cursor(person))
    assert walked == ["Third", "Second", "First", "Second", "Third"]


def test_enter_opens_u_goes_back_to_the_same_row(person: Person) -> None:
    person.press("j", "j", Keys.ENTER)
    person.wait_for_message("Second")
    person.press("u")
    person.wait_for("#read-pane .nothing")
    person.until(lambda: under_cursor(person) == "Second")


def test_in_an_open_message_j_and_k_open_the_ones_beside_it(person: Person) -> None:
    person.press("j", "o")
    person.wait_for_message("Third")
    person.press("j")
    person.wait_for_message("Second")
    person.press("k")
    person.wait_for_message("Third")


def test_x_selects_and_e_archives_what_is_selected(person: Person) -> None:
    person.press("j", "x", "j", "x", "e")
    person.wait_for_subjects("First")
    person.user.wait_for_messages(2, "Archive")
    person.wait_for_notice("Undo")


@pytest.mark.parametrize("key", ["e", "#", "!", "s", "I", "U", "v"])
def test_the_first_key_for_a_message_only_shows_which_one_it_would_be(person: Person, key: str) -> None:
    person.press(key)
    assert under_cursor(person) == "Third"
    assert person.script("return document.querySelector('.row-link').matches(':focus-visible')")
    assert person.subjects() == ["Third", "Second", "First"]
    assert not person.all("dialog") and not person.all("#notices .notice")
    assert len(person.user.uids()) == 3 and "\\Seen" not in person.user.flags(3) | person.user.flags(2)


def test_a_cursor_that_the_mouse_left_unseen_is_shown_before_something_is_done(person: Person) -> None:
    person.script("document.querySelector('.row-tools').style.visibility = 'visible'")
    person.one("[data-row=archive]").click()
    person.wait_for_subjects("Second", "First")
    person.press("#")
    person.until(lambda: person.script("return document.activeElement.matches('.row-link:focus-visible')"))
    assert under_cursor(person) == "Second" and person.subjects() == ["Second", "First"]
    person.press("#")
    person.wait_for_subjects("First")


def test_a_command_clicked_in_the_palette_means_the_message_under_the_cursor(person: Person) -> None:
    person.press("j", "j")
    person.tell_browser(
        "Input.dispatchKeyEvent", type="keyDown", key="k", code="KeyK", modifiers=2, windowsVirtualKeyCode=75
    )
    person.wait_for("dialog[open] [role=combobox]")
    person.press("mark as read")
    person.until(lambda: "Mark as read" in person.text(".finder-list [role=option]"))
    person.one(".finder-list [role=option]").click()
    person.until(lambda: "\\Seen" in person.user.flags(2))


def test_a_cursor_that_was_scrolled_away_is_shown_before_something_is_done(person: Person) -> None:
    person.user.append_all(*(plain(f"Letter {number}") for number in range(4, 41)))
    person.open(INBOX)
    person.press("j")
    person.script("document.querySelector('#scroller').scrollTop = 1000")
    person.press("e")
    person.until(lambda: under_cursor(person) not in ("", "Letter 40"))
    shown = under_cursor(person)
    assert len(person.user.uids()) == 40
    person.press("e")
    person.user.wait_for_messages(1, "Archive")
    assert shown not in person.subjects() and "Letter 40" in person.subjects()


def test_the_cursor_stays_in_sight_when_the_list_is_fetched_anew(person: Person) -> None:
    person.press("j", "j")
    person.user.append(plain("Fourth"))
    person.script("document.dispatchEvent(new Event('visibilitychange'))")
    person.wait_for_subjects("Fourth", "Third", "Second", "First")
    assert under_cursor(person) == "Second"


def test_z_takes_an_action_back(person: Person) -> None:
    person.press("j", "#")
    person.wait_for_subjects("Second", "First")
    person.user.wait_for_messages(1, "Trash")
    person.wait_for_notice("Undo")
    person.press("z")
    person.wait_for_notice("Undone.")
    person.wait_for_subjects("Third", "Second", "First")
    assert person.user.uids("Trash") == [] and len(person.user.uids()) == 3


def test_exclamation_reports_spam(person: Person) -> None:
    person.press("j", "!")
    person.user.wait_for_messages(1, "Junk")
    person.wait_for_subjects("Second", "First")


def test_s_stars_and_stars_no_more(person: Person) -> None:
    person.press("j", "s")
    person.until(lambda: "\\Flagged" in person.user.flags(3))
    assert person.one(".row").get_attribute("class") == "row unseen starred"
    person.press("s")
    person.until(lambda: "\\Flagged" not in person.user.flags(3))


def test_capital_i_and_u_mark_as_read_and_unread(person: Person) -> None:
    person.press("j", "I")
    person.until(lambda: "\\Seen" in person.user.flags(3))
    person.press("U")
    person.until(lambda: "\\Seen" not in person.user.flags(3))
    assert person.one(".row").get_attribute("class") == "row unseen"


def test_v_moves_to_the_folder_whose_name_is_typed(person: Person) -> None:
    person.press("j", "v")
    person.wait_for("dialog[open] input")
    person.press("arch", Keys.ENTER)
    person.user.wait_for_messages(1, "Archive")
    person.wait_for_subjects("Second", "First")


def test_star_a_selects_everything_and_escape_nothing(person: Person) -> None:
    person.press("*", "a")
    person.wait_for_text("[data-selected]", "All 3 selected")
    person.press(Keys.ESCAPE)
    person.until(lambda: not person.all(".row-pick input:checked"))


def test_slash_searches_and_the_search_can_be_cleared(person: Person) -> None:
    person.press("/")
    person.press("subject:Second", Keys.ENTER)
    person.wait_for_subjects("Second")
    assert person.path == f"{INBOX}?q=subject%3ASecond"
    person.use("Clear the search")
    person.wait_for_subjects("Third", "Second", "First")


@pytest.mark.parametrize(("key", "role"), [("s", "Sent"), ("d", "Drafts"), ("a", "Archive")])
def test_g_and_a_letter_go_to_a_folder_and_back(person: Person, key: str, role: str) -> None:
    person.press("g", key)
    person.wait_for_text(".list-title", role)
    person.wait_for_path(f"/mail/main/{role}/")
    person.press("g", "i")
    person.wait_for_subjects("Third", "Second", "First")


def test_brackets_archive_and_open_the_next(person: Person) -> None:
    person.press("j", "j", "o")
    person.wait_for_message("Second")
    person.press("]")
    person.wait_for_message("First")
    person.press("[")
    person.wait_for_message("Third")
    person.user.wait_for_messages(2, "Archive")


def test_every_command_is_in_the_palette(person: Person) -> None:
    person.press("j")
    person.tell_browser(
        "Input.dispatchKeyEvent", type="keyDown", key="k", code="KeyK", modifiers=2, windowsVirtualKeyCode=75
    )
    person.wait_for("dialog[open] [role=combobox]")
    person.press("go to sent", Keys.ENTER)
    person.wait_for_path("/mail/main/Sent/")


def test_a_question_mark_lists_the_keys_and_escape_closes_the_list(person: Person) -> None:
    person.press("?")
    person.wait_for_text("dialog[open] .keys", "Archive")
    person.press(Keys.ESCAPE)
    person.until(lambda: not person.all("dialog"))


def test_the_first_stop_of_the_tabulator_skips_to_the_content(person: Person) -> None:
    person.press(Keys.TAB, Keys.ENTER)
    person.until(lambda: person.script("return document.activeElement.id") == "main")


def test_keys_that_are_typed_into_a_field_are_text(person: Person) -> None:
    person.press("/")
    person.press("e#s!")
    assert person.script("return document.activeElement.value") == "e#s!"
    assert person.subjects() == ["Third", "Second", "First"]


def test_the_next_key_goes_on_from_what_was_selected_first(person: Person) -> None:
    person.press("x", "j", "x")
    person.wait_for_text("[data-selected]", "2")
    assert len(person.all(".row-pick input:checked")) == 2


def test_a_long_word_that_nothing_has_stays_within_the_list(person: Person) -> None:
    person.open(f"{INBOX}?q={'W' * 180}")
    person.wait_for(".nothing-title")
    word, way = person.one(".list-note b").rect, person.one(".list-note a").rect
    assert word["x"] + word["width"] <= way["x"]
