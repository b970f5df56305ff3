"""Links that log a browser in, once."""

import re
import threading
from pathlib import Path
from urllib.parse import urlsplit

import flask
import pyotp
import pytest
from sqlalchemy import select

from core import AppConfig, Farewell
from core.ini.app import SiteAddress
from modules.api.tables import links
from tests.core.web.door import Browser
from tests.modules.api.office import KEY, Office, code_of, is_in, open_office, told
from tests.modules.api.test_programs import code, set_up_factor

GONE = "This link was used already, is too old, or was never made"


def words(answer: flask.Response) -> str:
    return answer.get_data(as_text=True)


def follow(browser: Browser, link: str) -> flask.Response:
    """Open a link and press its button."""
    page = words(browser.get(link))
    token = re.search(r'name="token" value="([^"]+)"', page)
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None and csrf is not None
    return browser.post("/link", {"token": token[1]}, token=csrf[1])


def who(browser: Browser) -> str:
    answer = browser.get("/mail/", Accept="application/json")
    return str(told(answer).get("name", ""))


def test_a_link_logs_a_browser_in_where_it_should(office: Office) -> None:
    browser = office.browser()
    answer = follow(browser, office.link(next="/settings"))
    assert (answer.status_code, answer.location) == (303, "/settings")
    assert who(browser) == "ada" and browser.client.get_cookie("hm3_session") is not None


def test_looking_at_a_link_does_not_use_it_up(office: Office) -> None:
    link = office.link()
    for _ in range(3):
        assert "Continue as ada" in words(office.browser().get(link))
    assert follow(office.browser(), link).status_code == 303


def test_a_link_counts_once(office: Office) -> None:
    link, browser, late = office.link(), office.browser(), office.browser()
    token = re.search(r'name="token" value="([^"]+)"', words(late.get(link)))
    assert token is not None and follow(browser, link).status_code == 303
    answer = late.post("/link", {"token": token[1]})
    assert answer.status_code == 404 and GONE in words(answer) and who(late) == ""
    assert GONE in words(office.browser().get(link))


def test_of_many_who_follow_a_link_at_once_one_comes_in(office: Office) -> None:
    link = urlsplit(office.link()).path
    browsers = [office.browser() for _ in range(6)]
    tokens = [browser.token("/login") for browser in browsers]
    start, statuses = threading.Barrier(len(browsers)), list[int]()

    def go(browser: Browser, csrf: str) -> None:
        start.wait()
        statuses.append(browser.post("/link", {"token": link.rpartition("/")[2]}, token=csrf).status_code)

    threads = [threading.Thread(target=go, args=both) for both in zip(browsers, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303] + [404] * 5


def test_a_link_ends_after_a_minute(office: Office) -> None:
    link = office.link()
    office.house.later(seconds=61)
    answer = office.browser().get(link)
    assert answer.status_code == 404 and GONE in words(answer)
    office.link("bob")
    with office.house.database.read() as connection:
        assert len(connection.execute(select(links)).all()) == 1


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 44, "%00", "..%2f..", "é" * 43])
def test_what_is_no_link_is_told_the_same(office: Office, token: str) -> None:
    answer = office.browser().get(f"/link/{token}")
    assert answer.status_code == 404
    posted = office.browser().post("/link", {"token": "A" * 43})
    assert posted.status_code == 404 and GONE in words(posted)


def test_a_page_of_another_site_cannot_press_the_button(office: Office) -> None:
    token = office.link().rpartition("/")[2]
    browser = office.browser()
    assert browser.post("/link", {"token": token}, Origin="https://evil.example").status_code == 403
    assert browser.post("/link", {"token": token}, token="").status_code == 400
    assert who(browser) == ""


def test_who_is_logged_in_as_somebody_else_is_told_and_leaves_nothing_behind(office: Office) -> None:
    browser, _ = office.house.enter("bob")
    link = office.link()
    assert "You are logged in as bob now" in words(browser.get(link))
    assert follow(browser, link).status_code == 303 and who(browser) == "ada"


def test_a_link_of_ones_own_is_no_surprise(office: Office) -> None:
    browser, _ = office.house.enter()
    assert "You are logged in as" not in words(browser.get(office.link()))


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example", "evil", "/\\evil"])
def test_a_link_leads_nowhere_else(office: Office, where: str) -> None:
    fields = {"name": "ada", "password": "old", "next": where}
    assert office.ask("POST", "/api/link", KEY, fields).status_code == 422


def test_a_link_needs_the_key_the_password_and_the_code(office: Office) -> None:
    fields = {"name": "ada", "password": "old"}
    assert code_of(office.ask("POST", "/api/link", "wrong", fields)) == "wrong-key"
    assert code_of(office.ask("POST", "/api/link", KEY, {**fields, "password": "x"})) == "wrong-password"
    app: pyotp.TOTP = set_up_factor(office)
    assert code_of(office.ask("POST", "/api/link", KEY, fields)) == "code-needed"
    browser = office.browser()
    assert follow(browser, office.link(code=code(office, app))).location == "/" and who(browser) == "ada"


def test_making_a_link_leaves_no_session(office: Office) -> None:
    office.link()
    with office.house.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM core_sessions").scalar_one() == 0


def test_what_is_locked_is_opened_by_no_link(office: Office) -> None:
    office.house.enter()
    office.house.passwords["ada"] = "new"
    answer = office.ask("POST", "/api/link", KEY, {"name": "ada", "password": "new"})
    assert (answer.status_code, code_of(answer)) == (403, "locked")


def test_a_user_who_was_barred_since_does_not_come_in(office: Office) -> None:
    link, browser = office.link(), office.browser()
    office.barred.append("ada")
    answer = follow(browser, link)
    assert answer.status_code == 404 and GONE in words(answer) and who(browser) == ""


def test_logging_out_everywhere_ends_links(office: Office) -> None:
    link, (browser, _) = office.link(), office.house.enter()
    browser.post("/security/sessions/end-others", token=browser.token("/security"))
    assert office.browser().get(link).status_code == 404


def test_the_database_holds_neither_links_nor_logins(office: Office) -> None:
    office.house.passwords["ada@garden.example"] = "old"
    token = office.link("ada@garden.example").rpartition("/")[2]
    with office.house.database.read() as connection:
        (row,) = connection.execute(select(links)).all()
    assert token not in str(row) and b"garden" not in row.login


def test_a_link_names_the_address_of_the_site(tmp_path: Path) -> None:
    config = AppConfig(address=SiteAddress("https://mail.example.org"))
    with open_office(tmp_path, {AppConfig: config}) as office:
        assert office.link().startswith("https://mail.example.org/link/")


def test_a_user_who_leaves_leaves_no_link(office: Office) -> None:
    link, token = office.link(), office.token()

    def leave(farewell: Farewell) -> None:
        farewell.take("ada")

    office.house.site.application.run(leave, {})
    assert office.browser().get(link).status_code == 404 and not is_in(office, token)
