"""The zone that a browser tells by a cookie: pages are written in it, whoever asks, and whatever else it holds."""

import pytest

from tests.core.web.door import Browser, Served


def zone_of(browser: Browser, where: str = "/login") -> str:
    """In which zone a page shows dates."""
    return browser.get(where).get_data(as_text=True).split('data-zone="', 1)[1].split('"', 1)[0]


def told_by(browser: Browser, zone: str, name: str = "hm3_zone") -> Browser:
    """The same browser, whose script has told a zone."""
    browser.client.set_cookie(name, zone)
    return browser


def test_pages_before_and_after_the_log_in_are_in_the_zone_of_the_browser(served: Served) -> None:
    browser = told_by(served.browser(), "Asia/Kathmandu")
    assert zone_of(browser) == "Asia/Kathmandu"
    browser.log_in()
    assert zone_of(browser, "/mail/") == "Asia/Kathmandu"
    assert zone_of(told_by(browser, "Europe/Lisbon"), "/mail/") == "Europe/Lisbon"


def test_a_chosen_zone_stays_wherever_the_browser_is(served: Served) -> None:
    browser = told_by(served.browser(), "Asia/Kathmandu")
    browser.log_in()
    assert " data-follows-browser" in browser.get("/mail/").get_data(as_text=True)
    browser.post("/settings/look", {"time_zone": "America/Lima"}, token=browser.token("/settings"))
    assert zone_of(browser, "/mail/") == "America/Lima"
    assert " data-follows-browser" not in browser.get("/mail/").get_data(as_text=True)
    browser.post("/settings/look", {"time_zone": "browser"}, token=browser.token("/settings"))
    assert zone_of(browser, "/mail/") == "Asia/Kathmandu"


@pytest.mark.parametrize("told", ["Mars/Base", "../../../etc/passwd", "x" * 3000, "<b>", "Europe"])
def test_what_is_no_zone_is_as_if_nothing_was_told(served: Served, told: str) -> None:
    browser = told_by(served.browser(), told)
    answer = browser.get("/login")
    assert (answer.status_code, zone_of(browser)) == (200, "UTC")


def test_over_an_encrypted_way_the_cookie_has_the_name_that_binds_it_to_the_host(served: Served) -> None:
    browser = Browser(served.app.test_client(), base="https://localhost")
    browser.client.set_cookie("hm3_zone", "Asia/Kathmandu", secure=True)
    assert zone_of(browser) == "UTC"
    assert ' data-zone-cookie="__Host-hm3_zone"' in browser.get("/login").get_data(as_text=True)
    browser.client.set_cookie("__Host-hm3_zone", "Asia/Kathmandu", secure=True)
    assert zone_of(browser) == "Asia/Kathmandu"


def test_a_refused_form_is_not_asked_for_once_more(served: Served) -> None:
    browser = served.browser()
    refused = browser.post("/login", {"username": "ada", "password": "wrong"})
    assert refused.status_code == 403
    assert " data-follows-browser" not in refused.get_data(as_text=True)
