"""What a reader is told about senders, as they meet it in a browser."""

from collections.abc import Callable

import pytest

from tests.browser.person import Person
from tests.modules.mail.letters import plain

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Reader = Callable[..., Person]
INBOX = "/mail/main/INBOX/"


def test_a_hostile_sender_is_told_above_the_message_and_a_friend_is_not(reader: Reader) -> None:
    hostile = plain("Invoice", sender='"boss@bank.example" <eve@evil.test>', Reply_To="mallory@elsewhere.test")
    person = reader(plain("Plants"), hostile)
    person.open(f"{INBOX}2")
    person.wait_for("[data-doubt]")
    told = person.texts("[data-doubt]")
    assert len(told) == 2 and "The name says boss@bank.example, but the message is from eve@evil.test." in told[0]
    assert "eve@evil.test" in person.text(".letter-from")
    person.one(".letter-details summary").click()
    person.wait_for_text(".letter-details", "This site names no mail server whose findings about senders it believes.")
    assert person.barriers() == []
    person.open(f"{INBOX}1")
    person.wait_for_text(".letter-from", "ada@example.test")
    assert person.all("[data-doubt]") == [] and person.all(".trust-first") == []
    assert person.complaints() == [] and person.asked_elsewhere() == []
