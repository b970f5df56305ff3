"""Links of messages as people meet them in a browser: where they lead is seen before it is asked for."""

from collections.abc import Callable

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.person import Person
from tests.modules.mail.letters import rich

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Reader = Callable[..., Person]
LYING = (
    "<style>* { display: none } mark { opacity: 0; font-size: 0; color: white }</style>"
    '<div style="display: block"><a style="display: inline" href="http://127.0.0.2:9/login">www.bank.example</a></div>'
)
OPEN = (
    '<p><a href="https://example.org/">first</a> <a href="http://127.0.0.2:9/login">https://www.bank.example/</a> '
    'and <a href="javascript:x">more</a></p>'
)
AFTER = "return getComputedStyle(letter.querySelector('%s'), '::after').%s"


def test_an_odd_link_says_so_beside_it_and_on_a_page_before_it_leads_away(reader: Reader) -> None:
    person = reader(rich(OPEN))
    person.open("/mail/main/INBOX/1")
    person.wait_for_text(".banner.warn", "A link says www.bank.example but leads to 127.0.0.2.")
    mark = person.in_letter(AFTER % ("mark[data-odd=site]", "content"))
    assert "leads elsewhere, to" in mark and "var(" not in mark
    assert "link removed" in person.in_letter(AFTER % ("mark[data-odd=removed]", "content"))
    assert person.in_letter("return letter.body.innerText").split() == [
        "first",
        "https://www.bank.example/",
        "and",
        "more",
    ]
    person.browser.switch_to.frame("letter-frame")
    link = person.one("a[href^='/leave']")
    assert link.get_attribute("title") == "http://127.0.0.2:9/login"
    before = set(person.browser.window_handles)
    link.click()
    person.until(lambda: len(person.browser.window_handles) == 2)
    person.browser.switch_to.window((set(person.browser.window_handles) - before).pop())
    person.wait_for_text(".leaving-host", "127.0.0.2")
    assert person.text("#leaving-address") == "http://127.0.0.2:9/login"
    assert person.script("return window.opener === null && document.referrer === ''")
    assert person.barriers() == []


def test_keys_show_where_a_link_leads(reader: Reader) -> None:
    person = reader(rich(OPEN))
    person.open("/mail/main/INBOX/1")
    person.wait_for_text(".banner.warn", "www.bank.example")
    person.browser.switch_to.frame("letter-frame")
    person.one("a[href]").send_keys(Keys.TAB)
    person.browser.switch_to.default_content()
    shown = person.in_letter(AFTER % ("a:focus-visible", "content"))
    assert "http://127.0.0.2:9/login" in shown
    assert person.in_letter(AFTER % ("a:focus-visible", "position")) == "absolute"


def test_no_style_of_a_message_hides_a_mark(reader: Reader) -> None:
    person = reader(rich(LYING))
    person.open("/mail/main/INBOX/1")
    person.wait_for_text(".banner.warn", "www.bank.example")
    looks = "const of = getComputedStyle(letter.querySelector('mark[data-odd]')); return [of.display, of.opacity]"
    assert person.in_letter(looks) == ["inline", "1"]
    assert person.in_letter(AFTER % ("mark[data-odd]", "fontSize")) == "12px"
