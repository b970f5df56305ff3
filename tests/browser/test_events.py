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


@pytest.fixture
def site(tmp_path: Path, dovecot: Dovecot, submission: Submission, front_end: Path) -> Iterator[Site]:
    """A site with streams."""
    with serve(tmp_path, dovecot, submission, streams=100) as site:
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
