"""Spam, blocking and leaving lists, as people meet them in a browser."""

from collections.abc import Callable

import pytest

from tests.browser.person import Person
from tests.modules.mail.letters import plain
from tests.modules.unsubscribe.lists import newsletter

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Reader = Callable[..., Person]
INBOX = "/mail/main/INBOX/"
JUNK = "/mail/main/Junk/"
EVE = "eve@evil.test"


def test_spam_is_reported_by_a_key_and_the_report_is_taken_back_by_a_key(reader: Reader) -> None:
    person = reader(plain("Plants"), plain("Prizes"))
    person.wait_for_subjects("Prizes", "Plants")
    person.press("j", "!")
    person.wait_for_notice("1 message reported as spam.")
    person.wait_for_subjects("Plants")
    assert len(person.user.uids("Junk")) == 1
    person.press("z")
    person.wait_for_subjects("Prizes", "Plants")
    # Back with a number of its own, under the cursor as before.
    person.wait_for('.row[data-uid="3"]')
    person.press("!")
    person.until(lambda: person.user.uids("Junk"))
    person.open(JUNK)
    person.wait_for_subjects("Prizes")
    person.press("j", "!")
    person.wait_for_notice("1 message reported as not spam.")
    assert len(person.user.uids()) == 2


def test_a_blocked_sender_is_put_aside_after_the_list_is_shown_and_the_message_says_why(reader: Reader) -> None:
    person = reader(plain("First", sender=f"Eve <{EVE}>"))
    person.open(f"{INBOX}1")
    person.one(".read-bar summary[aria-label=More]").click()
    person.wait_for('.menu-body a[href$="/block"]').click()
    person.wait_for_text("h1", "Block the sender")
    assert person.barriers() == []
    person.use(f"Block {EVE}")
    person.wait_for_notice(f"{EVE} is blocked.")
    # The list that the block led to looks for spam as well, and would tell of it.
    person.open("/settings")
    person.user.append(plain("Second", sender=EVE))
    person.open(INBOX)
    person.wait_for_notice("1 new message was moved to Junk.")
    person.wait_for_subjects("First")
    (uid,) = person.user.uids("Junk")
    person.open(f"{JUNK}{uid}")
    person.wait_for_text("[data-verdict]", f"Moved to Junk because you blocked {EVE}.")
    assert person.barriers() == []
    person.open("/settings")
    assert person.one("#spam-blocked").get_attribute("value") == EVE


def test_the_ways_out_of_a_list_are_shown_and_nobody_is_asked(reader: Reader) -> None:
    person = reader(newsletter("<https://lists.test/leave?a=1>, <mailto:leave@lists.test?subject=leave>"))
    person.open(f"{INBOX}1")
    person.wait_for(".unsubscribe-offer").click()
    person.wait_for_text("h1", "Unsubscribe")
    assert person.barriers() == [] and person.asked_elsewhere() == []
    person.one('.unsubscribe-way a[href^="/compose"]').click()
    person.wait_for("[name=subject]")
    assert person.one("[name=subject]").get_attribute("value") == "leave"
