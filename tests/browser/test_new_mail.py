"""New mail and changes of other tabs and programs appear by themselves."""

from collections.abc import Callable

import pytest

from tests.browser.person import INBOX, Person
from tests.modules.mail.letters import plain

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Enter = Callable[..., Person]

# Half a minute passes in a tenth of a second.
HURRY = """
const wait = window.setTimeout;
window.setTimeout = (run, time, ...more) => wait(run, time >= 30000 && time < 600000 ? 100 : time, ...more);
"""


def in_a_hurry(person: Person) -> None:
    """Let the page's long waits be short from the next page on."""
    person.tell_browser("Page.addScriptToEvaluateOnNewDocument", source=HURRY)


def test_new_mail_appears_without_a_reload(person: Person) -> None:
    in_a_hurry(person)
    person.user.append(plain("First"))
    person.enter()
    person.script("window.same = true")
    person.user.append(plain("Second"))
    person.wait_for_subjects("Second", "First")
    person.until(lambda: person.texts(".mailboxes [data-role=inbox] .count") == ["2"])
    person.wait_for_text("#announcer", "New mail has arrived.")
    assert person.script("return window.same")


def test_new_mail_does_not_disturb_the_message_that_is_read(person: Person) -> None:
    in_a_hurry(person)
    person.user.append(plain("First"))
    person.enter(f"{INBOX}1")
    person.wait_for_message("First")
    person.user.append(plain("Second"))
    person.wait_for_subjects("Second", "First")
    assert person.text("#subject") == "First"
    assert person.texts(".row-link[aria-current] .row-subject") == ["First"]


def test_what_another_program_deletes_leaves_the_list(person: Person) -> None:
    in_a_hurry(person)
    for subject in ("First", "Second"):
        person.user.append(plain(subject))
    person.enter()
    with person.user.connection() as connection:
        connection.select("INBOX")
        connection.uid("STORE", "1", "+FLAGS", "(\\Deleted)")
        connection.expunge()
    person.wait_for_subjects("Second")


def test_what_another_program_reads_is_read_here(person: Person) -> None:
    in_a_hurry(person)
    person.user.append(plain("First"))
    person.enter()
    with person.user.connection() as connection:
        connection.select("INBOX")
        connection.uid("STORE", "1", "+FLAGS", "(\\Seen)")
    person.until(lambda: person.all(".row") and not person.all(".row.unseen"))


def test_two_tabs_agree(reader: Enter) -> None:
    person = reader(plain("First"), plain("Second"))
    first = person.browser.current_window_handle
    person.browser.switch_to.new_window("tab")
    person.open(INBOX)
    person.press("j", "e")
    person.wait_for_subjects("First")
    person.browser.switch_to.window(first)
    person.wait_for_subjects("First")


def test_a_lost_connection_is_told_quietly_and_mended(reader: Enter) -> None:
    person = reader(plain("First"))
    lost = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    person.tell_browser("Network.emulateNetworkConditions", **lost)
    person.wait_for_text("#offline", "You are offline.")
    person.press("j", "e")
    person.wait_for_notice("That needs a connection.")
    person.wait_for_subjects("First")
    found = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    person.tell_browser("Network.emulateNetworkConditions", **found)
    person.until(lambda: not person.all("#offline"))
    person.press("e")
    person.user.wait_for_messages(1, "Archive")
    # The browser itself told of the request that did not get through.
    assert all("ERR_INTERNET_DISCONNECTED" in told for told in person.complaints())
