"""Naming whom a message goes to, in a real browser."""

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.writer import Writer

pytestmark = [pytest.mark.browser, pytest.mark.servers]


def test_a_message_to_nobody_is_refused_beside_the_field(writer: Writer) -> None:
    writer.begin()
    writer.write(subject="Beans")
    writer.send()
    assert writer.texts(".panel [data-error=to]") == ["To names nobody: write at least one address."]


def test_a_recipient_that_the_server_refuses_is_named_and_nothing_is_lost(writer: Writer) -> None:
    writer.begin()
    writer.write(f"nobody-{writer.user.name}", "Beans", "They grow.")
    writer.send()
    writer.wait_for_text(".panel [data-error=to]", f"nobody-{writer.user.name}")
    assert writer.one(".panel textarea.compose-text").get_property("value") == "They grow."


def test_typed_recipients_become_chips_and_a_wrong_one_says_why(writer: Writer) -> None:
    writer.begin()
    writer.type('"Doe, Jane" <jane@garden.example>; ann@garden.example, beans,')
    assert writer.texts(".panel .recipient-name") == ["Doe, Jane", "ann@garden.example", "beans"]
    assert writer.texts(".panel [data-error=to]") == ["“beans” has no @."]
    assert '"Doe, Jane" <jane@garden.example>' in str(writer.one(".panel [name=to]").get_property("value"))


def test_a_pasted_list_of_recipients_becomes_chips(writer: Writer) -> None:
    writer.begin()
    paste = """
    const data = new DataTransfer();
    data.setData("text/plain", 'Jane Doe <jane@garden.example>\\nann@garden.example; "B, Bob" <bob@garden.example>');
    const options = {clipboardData: data, bubbles: true, cancelable: true};
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
    """
    writer.browser.execute_script(paste)
    assert writer.texts(".panel .recipient-name") == ["Jane Doe", "ann@garden.example", "B, Bob"]


def test_recipients_are_walked_through_and_taken_out_by_keys(writer: Writer) -> None:
    writer.begin()
    writer.type("a@garden.example, b@garden.example, c@garden.example,", Keys.BACKSPACE)
    writer.type(Keys.ARROW_LEFT)
    writer.type(Keys.DELETE)
    assert writer.texts(".panel .recipient-name") == ["a@garden.example", "c@garden.example"]
    assert writer.browser.switch_to.active_element.text == "c@garden.example"


def test_the_tab_key_leads_from_to_to_the_subject_and_back_to_the_buttons_for_copies(writer: Writer) -> None:
    def focused() -> str:
        return str(writer.browser.switch_to.active_element.accessible_name)

    writer.begin()
    writer.type(Keys.TAB)
    assert focused() == "Subject"
    back = Keys.SHIFT + Keys.TAB + Keys.NULL
    writer.type(back, back)
    assert focused() == "Bcc"
    writer.type(back)
    assert focused() == "Cc"
    writer.type(Keys.ENTER)
    writer.type("ann@garden.example", Keys.TAB)
    assert focused() == "Subject" and writer.texts(".panel .recipient-name") == ["ann@garden.example"]
