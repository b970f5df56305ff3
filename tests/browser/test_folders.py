"""The sidebar's folders, and the page on which they are made, renamed, shown and deleted."""

from collections.abc import Callable

import pytest

from tests.browser.person import Person
from tests.modules.mail.letters import plain

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Enter = Callable[..., Person]


def subscribed(person: Person) -> str:
    """The mailboxes that other programs show, as the server lists them."""
    with person.user.connection() as connection:
        return repr(connection.lsub()[1])


def change(person: Person, name: str) -> None:
    """Unfold what can be done with a folder."""
    person.use(f"Change {name}")


def test_folders_show_how_much_is_unread_and_lead_to_their_lists(reader: Enter) -> None:
    person = reader(plain("One"), plain("Two"))
    assert person.one(".mailboxes [data-role=inbox] .count").accessible_name == "2 unread"
    person.one(".mailboxes [data-role=sent]").click()
    person.wait_for_path("/mail/main/Sent/")
    person.wait_for_text(".nothing-title", "This folder is empty")
    assert person.texts(".mailboxes [aria-current=page] .label") == ["Sent"]


def test_a_folder_is_made_inside_of_another(reader: Enter) -> None:
    person = reader(where="/folders")
    person.named("New folder").send_keys("Garden")
    person.use("Create", "button")
    person.wait_for_text(".folder-name", "Garden")
    person.named("New folder").send_keys("Bëans")
    person.choose("Inside of", "Garden")
    person.use("Create", "button")
    person.wait_for_text(".folder-name", "Garden/Bëans")
    person.until(lambda: "Bëans" in person.texts(".mailboxes .own .label")[1])
    assert person.user.uids("Garden/B&AOs-ans") == []


def test_a_name_that_is_taken_is_refused_beside_the_field(reader: Enter) -> None:
    person = reader(where="/folders")
    person.named("New folder").send_keys("Sent")
    person.use("Create", "button")
    assert "is that of another folder" in person.wait_for("#new-name-error, [role=alert]").text
    assert person.named("New folder").get_property("value") == "Sent"


def test_a_folder_is_renamed(person: Person) -> None:
    person.user.create("Beans")
    person.enter("/folders")
    change(person, "Beans")
    field = person.named("New name")
    field.clear()
    field.send_keys("Peas\n")
    person.wait_for_text(".folder-name", "Peas")
    assert "Beans" not in person.texts(".folder-name")


def test_a_folder_is_deleted_only_by_whoever_ticks_the_box(person: Person) -> None:
    person.user.create("Beans")
    person.user.append(plain("Plants"), "Beans")
    person.enter("/folders")
    change(person, "Beans")
    person.use("Delete", "button")
    person.wait_for(".field-error")
    assert "Beans" in person.texts(".folder-name")
    person.use("Delete it with all messages in it, for good")
    person.use("Delete", "button")
    person.until(lambda: "Beans" not in person.texts(".folder-name"))


def test_a_folder_is_shown_to_other_programs_and_hidden_again(person: Person) -> None:
    person.user.create("Beans")
    person.enter("/folders")
    person.use("Subscribe Beans", "button")
    person.wait_for_text(".folder button", "Subscribed Beans")
    assert "Beans" in subscribed(person)
    person.use("Subscribed Beans", "button")
    person.wait_for_text(".folder button", "Subscribe Beans")
    assert "Beans" not in subscribed(person)


def test_what_a_folder_is_for_is_chosen(person: Person) -> None:
    person.user.append(plain("Plants"))
    person.user.create("Attic")
    person.enter("/folders")
    person.choose("Archive", "Attic")
    person.wait_for_notice("Attic is now your folder for")
    person.open("/mail/main/INBOX/")
    person.press("j", "e")
    person.user.wait_for_messages(1, "Attic")
