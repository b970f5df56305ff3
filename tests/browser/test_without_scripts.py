"""Without scripts one can still log in, read, search, file away, write, and log out."""

from email import message_from_bytes

import pytest

from tests.browser.person import INBOX, Person
from tests.modules.mail.letters import plain, rich

pytestmark = [pytest.mark.browser, pytest.mark.servers]


@pytest.fixture
def person(person: Person) -> Person:
    """Before an inbox with three messages, in a browser that runs no scripts."""
    person.tell_browser("Emulation.setScriptExecutionDisabled", value=True)
    for letter in (plain("First"), plain("Second", "The beans are up."), rich("<h1>News</h1>")):
        person.user.append(letter)
    person.log_in()
    person.wait_for_path(INBOX)
    return person


def tick(person: Person, subject: str) -> None:
    """Tick the box of a message."""
    row = next(row for row in person.all(".row") if subject in row.text)
    row.find_element("css selector", ".row-pick").click()


def test_no_script_runs_indeed(person: Person) -> None:
    assert person.one(".scripted").is_displayed() is False
    assert person.all("[data-virtual]") == []


def test_a_message_is_read_and_the_next_one(person: Person) -> None:
    person.one("a.row-link[href$='/2']").click()
    person.wait_for_text("#subject", "Second")
    person.browser.switch_to.frame(person.one("#letter-frame"))
    person.wait_for_text("body", "The beans are up.")
    person.browser.switch_to.default_content()
    person.use("Next message")
    person.wait_for_text("#subject", "First")
    person.one(".mailboxes [data-role=inbox]").click()
    person.wait_for_path(INBOX)
    assert person.texts(".row.unseen .row-subject") == ["Newsletter"]


def test_the_frame_of_a_message_can_be_read_whole(person: Person) -> None:
    person.user.append(plain("Long", "a line\n" * 200))
    person.open(f"{INBOX}4")
    assert person.one("#letter-frame").size["height"] >= 300


def test_a_search_finds(person: Person) -> None:
    person.named("Search this folder").send_keys("subject:Second\n")
    person.wait_for_subjects("Second")


def test_ticked_messages_are_archived_and_brought_back(person: Person) -> None:
    tick(person, "First")
    tick(person, "Second")
    person.named("Archive", "button").click()
    person.wait_for_subjects("Newsletter")
    assert len(person.user.uids("Archive")) == 2
    person.use("Undo", "button")
    person.until(lambda: sorted(person.subjects()) == ["First", "Newsletter", "Second"])
    assert person.user.uids("Archive") == []


def test_a_ticked_message_is_moved_to_a_named_folder(person: Person) -> None:
    tick(person, "First")
    person.one(".toolbar-more summary").click()
    person.named("Folder").send_keys("Archive")
    person.use("Move", "button")
    person.wait_for_subjects("Newsletter", "Second")
    assert len(person.user.uids("Archive")) == 1


def test_a_ticked_message_is_deleted_for_good(person: Person) -> None:
    tick(person, "First")
    assert not person.one(".toolbar-more [value=erase]").is_displayed()
    person.one(".toolbar-more summary").click()
    person.use("Delete for good", "button")
    person.wait_for_subjects("Newsletter", "Second")
    assert len(person.user.uids()) == 2 and person.user.uids("Trash") == []


@pytest.mark.parametrize("phone", [False, True])
def test_the_tools_of_the_list_stand_above_it_and_beside_each_other(person: Person, phone: bool) -> None:
    if phone:
        person.be_on_a_phone()
    person.open(INBOX)
    assert person.one(".toolbar").size["height"] < 70
    person.one(".toolbar-more summary").click()
    tools = [*person.all(".toolbar button, .toolbar input"), person.one(".toolbar-folder"), person.one("#scroller")]
    seen = [tool.rect for tool in tools if tool.is_displayed()]
    below = seen.pop()
    assert len(seen) >= 11
    assert all(one["y"] + one["height"] <= below["y"] for one in seen)
    # Of any two, one ends where the other begins, unless it is the label around a field.
    apart = [
        one["x"] + one["width"] <= two["x"]
        or one["y"] + one["height"] <= two["y"]
        or two["y"] + two["height"] <= one["y"]
        for place, one in enumerate(sorted(seen[:-1], key=lambda rect: rect["x"]))
        for two in sorted(seen[:-1], key=lambda rect: rect["x"])[place + 1 :]
    ]
    assert all(apart)


def test_files_are_chosen_on_a_phone_without_scrolling_sideways(person: Person) -> None:
    person.be_on_a_phone()
    person.open("/compose")
    assert all(
        person.script("const one = arguments[0]; return one.scrollWidth <= one.clientWidth", part)
        for part in (person.one("html"), person.one("#main"), person.one(".compose-foot"))
    )
    field = person.one(".attach input")
    assert field.is_displayed() and field.rect["width"] >= 200


def test_an_open_message_is_starred_and_deleted(person: Person) -> None:
    person.open(f"{INBOX}1")
    person.one(".read-bar .star").click()
    person.until(lambda: "\\Flagged" in person.user.flags(1))
    person.open(f"{INBOX}1")
    person.one(".read-bar [value=trash]").click()
    person.wait_for_subjects("Newsletter", "Second")
    assert len(person.user.uids("Trash")) == 1


def test_a_reply_goes_out_with_what_it_answers(person: Person) -> None:
    person.open(f"{INBOX}2")
    person.use("Reply", "link")
    person.wait_for("form.compose")
    to = person.named("To")
    assert to.get_property("value") == "Ada Field <ada@example.test>"
    to.clear()
    to.send_keys(person.user.name)
    assert person.named("Subject").get_property("value") == "Re: Second"
    person.named("Message").send_keys("I see.")
    person.use("Send", "button")
    person.user.wait_for_messages(4)
    answer = message_from_bytes(person.user.messages()[3])
    assert answer["Subject"] == "Re: Second" and "The beans are up." in str(answer.get_payload())


def test_a_message_is_forwarded(person: Person) -> None:
    person.open(f"{INBOX}2")
    person.use("Forward", "link")
    person.wait_for("form.compose")
    person.named("To").send_keys(person.user.name)
    person.use("Send", "button")
    person.user.wait_for_messages(4)
    assert "The beans are up." in message_from_bytes(person.user.messages()[3]).as_string()


def test_what_cannot_be_sent_comes_back_with_the_reason_and_what_was_typed(person: Person) -> None:
    person.open("/compose")
    person.named("Subject").send_keys("To whom?")
    person.use("Send", "button")
    person.wait_for("[aria-invalid], [role=alert]")
    assert person.named("Subject").get_property("value") == "To whom?"


def test_a_setting_is_saved(person: Person) -> None:
    person.open("/settings")
    person.choose("Theme", "Dark")
    person.one("#core-look button, form:has([name=theme]) button").click()
    person.until(lambda: person.one("html").get_attribute("data-theme") == "dark")


def test_a_folder_is_made(person: Person) -> None:
    person.open("/folders")
    person.named("New folder").send_keys("Beans\n")
    person.wait_for_text(".folder-name", "Beans")


def test_folders_are_reached_on_a_phone(person: Person) -> None:
    person.be_on_a_phone()
    person.open(INBOX)
    person.use("More", "link")
    person.use("Sent", "link")
    person.wait_for_path("/mail/main/Sent/")


def test_logging_out_ends_it(person: Person) -> None:
    person.use("Log out", "button")
    person.wait_for("[name=password]")
    person.browser.back()
    assert "Second" not in person.texts(".row-subject")
