"""Answers of a session that is over: one that comes late takes nothing of the session after it."""

from http.cookies import SimpleCookie

import flask
import pytest

from core import Session
from core.web.cookies import KEY, REFERENCE
from tests.core.web.door import Browser, Served, inside

PAIR = (REFERENCE, KEY)
SCRIPT = {"Accept": "application/json", "Sec-Fetch-Dest": "empty"}


def taken_back(answer: flask.Response) -> set[str]:
    """The cookies that an answer takes back."""
    read = [SimpleCookie(header) for header in answer.headers.getlist("Set-Cookie")]
    return {name for cookie in read for name, morsel in cookie.items() if not morsel.value} & set(PAIR)


def pair_of(browser: Browser) -> list[tuple[str, str]]:
    found = [browser.client.get_cookie(name) for name in PAIR]
    return [(cookie.key, cookie.value) for cookie in found if cookie is not None]


def test_a_request_that_ends_its_session_takes_the_cookies_back(served: Served) -> None:
    browser = inside(served)
    answer = browser.get("/letter/ended/file", **{"Sec-Fetch-Dest": "empty"})
    assert taken_back(answer) == set(PAIR) and "Clear-Site-Data" in answer.headers


def test_a_request_whose_session_another_one_ended_leaves_the_cookies_alone(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = inside(served)
    token, end = browser.token("/mail/"), Session.end

    def log_in_anew_meanwhile(session: Session, why: str = "") -> None:
        monkeypatch.setattr(Session, "end", end)
        assert browser.post("/login", {"username": "ada", "password": "right"}, token=token).status_code == 303
        end(session, why)

    monkeypatch.setattr(Session, "end", log_in_anew_meanwhile)
    late = browser.get("/letter/ended/file")
    assert late.status_code == 200 and taken_back(late) == set() and "Clear-Site-Data" not in late.headers
    assert browser.get("/mail/").status_code == 200


@pytest.mark.parametrize("kind", ["empty", "image", "iframe", "style"])
def test_what_no_person_waits_for_leaves_the_cookies_of_a_session_that_is_over_to_the_next_page(
    served: Served, kind: str
) -> None:
    browser = inside(served)
    pair = pair_of(browser)
    browser.post("/logout", token=browser.token("/mail/"))
    for name, value in pair:
        browser.client.set_cookie(name, value)
    late = browser.get("/mail/", **{"Sec-Fetch-Dest": kind})
    assert taken_back(late) == set() and "Clear-Site-Data" not in late.headers
    assert taken_back(browser.get("/mail/", **SCRIPT)) == set()
    page = browser.get("/mail/", **{"Sec-Fetch-Dest": "document"})
    assert taken_back(page) == set(PAIR) and "Clear-Site-Data" in page.headers
    assert pair_of(browser) == []
