"""Answering an invitation in a browser."""

from collections.abc import Callable

import pytest

from tests.browser.person import INBOX, Person
from tests.modules.invitations.letters import calendar_text, event_of, invitation

pytestmark = [pytest.mark.browser, pytest.mark.servers]


def test_an_answer_with_a_comment_is_sent_and_kept_on_the_invitation(reader: Callable[..., Person]) -> None:
    person = reader()
    person.user.append(invitation(calendar_text(event_of(person.user.name))))
    person.open(f"{INBOX}1")
    person.wait_for(".invitation-answer")
    person.use("Say something with the answer")
    person.one("#invitation-comment").send_keys("Gladly")
    assert person.barriers() == []
    person.use("Accept", "button")
    person.wait_for_notice("Your answer was sent to ada@garden.example.")
    person.wait_for_text(".invitation-answer .banner", "You accepted.")
    assert "Me: comes" in person.text(".card .facts") and person.text(".invitation-answer [aria-current]") == "Accept"
    assert person.barriers() == []
    person.be_on_a_phone()
    person.like_dark()
    person.open(f"{INBOX}1")
    person.wait_for_text(".invitation-answer .banner", "You accepted.")
    assert person.barriers() == []
    assert all(button.size["height"] >= 44 for button in person.all(".card :is(button, summary, .button)"))
    (copy,) = person.user.messages("Sent")
    assert b"Gladly" in copy
