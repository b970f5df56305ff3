"""Dates are in the zone that the browser is in, from the first page on, and follow it on a journey."""

from collections.abc import Callable

import pytest

from tests.browser.person import INBOX, Person
from tests.modules.mail.letters import plain

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Enter = Callable[..., Person]


def go_to(person: Person, zone: str) -> None:
    """Take the browser to where this is the time."""
    person.tell_browser("Emulation.setTimezoneOverride", timezoneId=zone)


def row_date(person: Person) -> str:
    """The date of the first row in full."""
    return person.one(".row-date").get_attribute("title") or ""


def lists_asked(person: Person) -> int:
    """How often the browser asked for the whole page of the inbox so far."""
    return person.asked().count(f"{person.site}{INBOX}")


def test_the_first_page_after_the_log_in_is_in_the_zone_of_the_browser(person: Person) -> None:
    person.user.append(plain("Plants"))
    # Browsers may call a zone as it was called once, here after Calcutta.
    go_to(person, "Asia/Kolkata")
    person.enter()
    assert "15:30" in row_date(person)
    assert lists_asked(person) == 1


def test_a_page_that_knew_no_zone_is_asked_for_once_more_and_no_further(person: Person) -> None:
    person.user.append(plain("Plants"))
    go_to(person, "Asia/Tokyo")
    person.enter()
    before = lists_asked(person)
    person.browser.delete_cookie("hm3_zone")
    person.open(INBOX)
    person.until(lambda: "19:00" in row_date(person))
    person.until(lambda: person.one("html").get_attribute("data-zone") == "Asia/Tokyo")
    assert lists_asked(person) == before + 2


def test_dates_follow_the_browser_on_a_journey(reader: Enter) -> None:
    person = reader(plain("Plants"))
    go_to(person, "America/Lima")
    person.open(INBOX)
    person.until(lambda: "05:00" in row_date(person))
    person.one(".row-link").click()
    person.wait_for_message("Plants")
    person.wait_for_text(".letter-date", "05:00")
    person.open(f"/compose?mode=reply&mailbox=INBOX&uid={person.path.split('/')[-1].split('?')[0]}")
    assert "05:00" in (person.one("[name=body]").get_attribute("value") or "")


def test_who_comes_back_to_the_tab_elsewhere_has_the_next_message_in_the_zone_of_there(reader: Enter) -> None:
    person = reader(plain("Plants"))
    go_to(person, "Asia/Tokyo")
    person.script("document.dispatchEvent(new Event('visibilitychange'))")
    assert person.one("html").get_attribute("data-zone") == "Asia/Tokyo"
    person.one(".row-link").click()
    person.wait_for_message("Plants")
    person.wait_for_text(".letter-date", "19:00")


def test_a_chosen_zone_does_not_follow_and_the_settings_say_where_the_browser_is(reader: Enter) -> None:
    person = reader(plain("Plants"), where="/settings")
    go_to(person, "Asia/Tokyo")
    person.open("/settings")
    person.wait_for_text("#look-time_zone option", "As my browser (Asia/Tokyo)")
    person.choose("Time zone", "America/Lima")
    person.wait_for_notice("Undo")
    person.open(INBOX)
    assert "05:00" in row_date(person)
    go_to(person, "Europe/Lisbon")
    person.open(INBOX)
    assert "05:00" in row_date(person)
    assert person.one("html").get_attribute("data-zone") == "America/Lima"
