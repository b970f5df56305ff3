"""New mail is told to a tab that is open, without anybody asking for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.dovecot import Dovecot
from demo.submission import Submission
from tests.browser.person import Person
from tests.browser.site import Site, serve
from tests.modules.mail.letters import plain

pytestmark = [pytest.mark.browser, pytest.mark.servers]

# No page asks by itself: its waits of half a minute never end.
NEVER = """
const wait = window.setTimeout;
window.setTimeout = (run, time, ...more) => wait(run, time >= 30000 ? 3600000 : time, ...more);
"""


@pytest.fixture(scope="module")
def site(
    dovecot: Dovecot, submission: Submission, tmp_path_factory: pytest.TempPathFactory, front_end: Path
) -> Iterator[Site]:
    """A site with streams."""
    with serve(tmp_path_factory.mktemp("events"), dovecot, submission, streams=100) as site:
        yield site


def test_mail_is_in_the_list_seconds_after_its_delivery(person: Person) -> None:
    person.tell_browser("Page.addScriptToEvaluateOnNewDocument", source=NEVER)
    person.user.append(plain("First"))
    person.enter()
    person.script("window.same = true")
    person.user.append(plain("Second"))
    person.wait_for_subjects("Second", "First")
    person.until(lambda: person.texts(".mailboxes [data-role=inbox] .count") == ["2"])
    person.wait_for_text("#announcer", "New mail has arrived.")
    # What another program does is seen as well, and a second delivery as the first.
    with person.user.connection() as connection:
        connection.select("INBOX")
        connection.uid("STORE", "1", "+FLAGS", "(\\Deleted)")
        connection.expunge()
    person.user.append(plain("Third"))
    person.wait_for_subjects("Third", "Second")
    assert person.script("return window.same")


def test_the_count_beside_another_folder_and_its_list_change_by_themselves(person: Person) -> None:
    person.tell_browser("Page.addScriptToEvaluateOnNewDocument", source=NEVER)
    person.enter()
    person.script("window.same = true")
    # What comes to the inbox shows that the mail server is waited at, and has all of the page asked for anew.
    person.user.append(plain("First"))
    person.wait_for_subjects("First")
    person.until(lambda: person.texts(".mailboxes [data-role=inbox] .count") == ["1"])
    assert person.texts(".mailboxes [data-role=junk] .count") in ([], [""])
    uid = person.user.append(plain("Filed"), "Junk")
    person.until(lambda: person.texts(".mailboxes [data-role=junk] .count") == ["1"])
    with person.user.connection() as connection:
        connection.select("Junk")
        connection.uid("STORE", str(uid), "+FLAGS", "(\\Seen)")
    person.until(lambda: person.texts(".mailboxes [data-role=junk] .count") in ([], [""]))
    assert person.subjects() == ["First"]
    # Where that folder is shown, what comes to it is.
    person.one(".mailboxes [data-role=junk]").click()
    person.wait_for_subjects("Filed")
    person.user.append(plain("Filed as well"), "Junk")
    person.wait_for_subjects("Filed as well", "Filed")
    person.until(lambda: person.texts(".mailboxes [data-role=junk] .count") == ["1"])
    assert person.script("return window.same")
