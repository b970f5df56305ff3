"""A picture that was shown goes along in an answer, and is not loaded while that is written."""

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.person import INBOX, Person
from tests.modules.mail.letters import rich

pytestmark = [pytest.mark.browser, pytest.mark.servers]

PICTURE = "https://pictures.example/a.png"


@pytest.mark.parametrize("shown", [True, False])
def test_a_picture_goes_along_if_it_was_shown(person: Person, shown: bool) -> None:
    person.user.append(rich(f'<p>See <img src="{PICTURE}" alt="our garden"></p>'))
    person.enter("/settings")
    person.script("document.querySelector('#compose [name=format]').value = 'rich'")
    person.script("document.querySelector('#compose').requestSubmit()")
    person.wait_for_notice("Undo")
    person.open(INBOX)
    link = person.one(".row-link").get_attribute("href") or ""
    person.open(f"{link.removeprefix(person.site)}{'?images=1' * shown}")
    person.wait_for_message("Newsletter")
    person.one("[data-do=reply]").click()
    person.wait_for("div.compose-text blockquote")
    written = person.script("return document.querySelector('div.compose-text blockquote').innerHTML")
    assert "our garden" in written and ("<img" in written) is shown
    person.one("div.compose-text").send_keys("!", Keys.CONTROL, "s")
    person.until(lambda: person.user.messages("Drafts"))
    kept = person.user.messages("Drafts")[-1].replace(b"=\r\n", b"")
    assert (PICTURE.encode() in kept) is shown and b"our garden" in kept
    assert PICTURE not in person.asked()
