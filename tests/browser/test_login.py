"""Coming in and going out."""

from collections.abc import Callable

import pytest

from tests.browser.person import INBOX, Person
from tests.modules.mail.letters import plain

pytestmark = [pytest.mark.browser, pytest.mark.servers]

Enter = Callable[..., Person]


def test_the_right_password_opens_the_inbox(person: Person) -> None:
    person.user.append(plain("Plants"))
    person.log_in()
    person.wait_for_path(INBOX)
    person.wait_for_subjects("Plants")


def test_a_wrong_password_is_refused_in_a_sentence_and_the_name_stays(person: Person) -> None:
    person.log_in("not-this-one")
    assert "password" in person.wait_for("[role=alert]").text
    assert person.one("[name=username]").get_property("value") == person.user.name
    assert person.one("[name=password]").get_property("value") == ""


def test_after_a_wrong_password_one_types_it_anew_at_once(person: Person) -> None:
    person.log_in("not-this-one")
    person.wait_for("[role=alert]")
    assert person.script("return document.activeElement.name") == "password"


def test_whoever_asks_for_a_page_comes_there_after_the_login(person: Person) -> None:
    person.open("/settings")
    person.named("Name or address", "textbox").send_keys(person.user.name)
    person.named("Password").send_keys(person.user.password)
    person.use("Log in", "button")
    person.wait_for_path("/settings")
    assert person.text("h1") == "Settings"


def test_after_the_log_out_the_way_back_shows_nothing(reader: Enter) -> None:
    person = reader(plain("For my eyes only"))
    person.use("Log out")
    person.wait_for("[name=password]")
    person.browser.back()
    person.wait_for("[name=password]")
    assert "For my eyes only" not in person.browser.page_source


def test_the_cookie_of_an_ended_session_is_worthless(reader: Enter) -> None:
    person = reader(plain("For my eyes only"))
    kept = person.browser.get_cookies()
    person.use("Log out")
    person.wait_for("[name=password]")
    for cookie in kept:
        person.browser.add_cookie(cookie)
    person.open(INBOX)
    assert person.path.startswith("/login") and "For my eyes only" not in person.browser.page_source


def test_scripts_cannot_read_the_cookie_of_the_session(reader: Enter) -> None:
    cookies = reader().script("return document.cookie")
    # The one that scripts write themselves is all that they read.
    assert [cookie.partition("=")[0] for cookie in cookies.split("; ")] == ["hm3_zone"]


def test_logging_out_in_one_tab_logs_the_other_out(reader: Enter) -> None:
    person = reader()
    first = person.browser.current_window_handle
    person.browser.switch_to.new_window("tab")
    person.open(INBOX)
    person.use("Log out")
    person.browser.switch_to.window(first)
    person.wait_for("[name=password]")
    assert person.path.startswith("/login")
