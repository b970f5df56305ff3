"""Searching: what a search can be narrowed by is offered below the field."""

from collections.abc import Callable

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.person import Person
from tests.modules.mail.letters import PIXEL, plain, with_files

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Enter = Callable[..., Person]
FIELD = ".search input[type=search]"


def offered(person: Person) -> list[str]:
    """The terms below the field."""
    return person.texts(".search-hints code")


def typed(person: Person) -> str:
    """What stands in the field."""
    return str(person.one(FIELD).get_property("value"))


@pytest.fixture
def person(reader: Enter) -> Person:
    """Somebody with two messages, one of them with a file, who is about to search."""
    person = reader(plain("Plants"), with_files(("a.png", PIXEL)))
    person.wait_for(".row")
    person.press("/")
    person.wait_for(".search-hints")
    return person


def test_an_empty_field_offers_all_and_words_only_what_begins_like_them(person: Person) -> None:
    assert offered(person)[:3] == ["from:", "to:", "subject:"] and len(offered(person)) == 9
    person.one(FIELD).send_keys("plants s")
    assert offered(person) == ["subject:"]
    person.one(FIELD).send_keys("x")
    assert offered(person) == []
    assert person.barriers() == []


def test_a_term_is_taken_by_keys_and_the_search_goes_on(person: Person) -> None:
    person.one(FIELD).send_keys("has", Keys.ARROW_DOWN)
    person.browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert (typed(person), offered(person)) == ("has:attachment ", [])
    person.one(FIELD).send_keys(Keys.ENTER)
    person.wait_for_subjects("Files: a/b")


def test_a_term_is_taken_by_a_click_and_stays_open_for_its_value(person: Person) -> None:
    next(one for one in person.all(".search-hints button") if "subject:" in one.text).click()
    assert (typed(person), offered(person)) == ("subject:", [])
    person.browser.switch_to.active_element.send_keys("Plants", Keys.ENTER)
    person.wait_for_subjects("Plants")


def test_escape_and_leaving_take_the_offer_away(person: Person) -> None:
    person.one(FIELD).send_keys(Keys.ARROW_UP)
    assert person.browser.switch_to.active_element.text.startswith("larger:")
    person.browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert offered(person) == [] and person.browser.switch_to.active_element == person.one(FIELD)
    person.one(FIELD).send_keys("f")
    assert offered(person) == ["from:"]
    person.one(FIELD).send_keys(Keys.TAB)
    person.until(lambda: not offered(person))
