"""Who may ask for what: pages of this site, people from anywhere, and nobody in their name."""

import flask
import pytest

from core.web.requests import read_client
from tests.core.web.door import Served, inside

HERE = "http://localhost"


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({"Origin": HERE}, True),
        ({"Origin": HERE, "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": HERE, "Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Referer": f"{HERE}/mail/?q=x"}, True),
        ({"Origin": HERE, "Referer": "http://evil.example/"}, True),
        ({}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": HERE}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": HERE}, False),
        ({"Sec-Fetch-Site": "nonsense", "Origin": HERE}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "http://localhost.evil.example"}, False),
        ({"Origin": "http://evil.localhost"}, False),
        ({"Origin": "https://localhost"}, False),
        ({"Origin": "http://localhost:81"}, False),
        ({"Origin": "http://LOCALHOST"}, False),
        ({"Origin": "http://localhost."}, False),
        ({"Origin": "http://localhost/"}, False),
        ({"Origin": "http://localhost@evil.example"}, False),
        ({"Origin": "http://evil.example@localhost"}, False),
        ({"Origin": "http://[::1]"}, False),
        ({"Origin": f"{HERE}, http://evil.example"}, False),
        ({"Origin": "null", "Referer": f"{HERE}/"}, False),
        ({"Referer": "http://evil.example/"}, False),
        ({"Referer": "http://localhost@evil.example/"}, False),
        ({"Referer": "http://ada@localhost/"}, False),
        ({"Referer": "https://localhost/"}, False),
        ({"Referer": "http://[evil"}, False),
        ({"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example"}, False),
    ],
)
def test_a_change_is_made_for_a_page_of_this_site_alone(served: Served, headers: dict[str, str], let_in: bool) -> None:
    browser = inside(served)
    sent = {"text": "x", "csrf_token": browser.token("/mail/")}
    told = {"User-Agent": browser.agent, **headers}
    answer = browser.client.post("/note", base_url=browser.base, data=sent, headers=told)
    assert answer.status_code == (303 if let_in else 403)
    assert ("Kept x" in browser.get("/mail/").get_data(as_text=True)) is let_in


def test_the_login_and_the_logout_are_not_done_for_another_site(served: Served) -> None:
    browser = served.browser()
    foreign = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    sent = {"username": "ada", "password": "right"}
    assert browser.post("/login", sent, token=browser.token(), **foreign).status_code == 403
    assert browser.get("/mail/").status_code == 303
    browser = inside(served)
    assert browser.post("/logout", {}, token=browser.token("/mail/"), **foreign).status_code == 403
    assert browser.get("/mail/").status_code == 200


def test_the_token_of_another_session_is_worth_nothing(served: Served) -> None:
    mine, theirs = inside(served), inside(served)
    token = theirs.token("/mail/")
    assert mine.post("/note", {"text": "x"}, token=token).status_code == 400
    assert mine.post("/note?csrf_token=" + mine.token("/mail/"), {"text": "x"}, token="").status_code == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/json"])
def test_a_change_that_comes_as_no_form_needs_the_token_too(served: Served, kind: str) -> None:
    browser = inside(served)
    told = {"User-Agent": browser.agent, "Origin": HERE, "Content-Type": kind}
    body = '{"text": "x", "csrf_token": "' + browser.token("/mail/") + '"}'
    answer = browser.client.post("/note", base_url=browser.base, data=body, headers=told)
    assert answer.status_code == 400


def test_a_method_that_a_header_or_field_names_does_not_count(served: Served) -> None:
    browser = inside(served)
    told = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST", "X-Method-Override": "POST"}
    assert browser.get("/note?_method=POST&text=x", **told).status_code == 405


@pytest.mark.parametrize(
    ("headers", "let_in"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, True),
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, True),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "object"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, False),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "nonsense"}, False),
        ({"Origin": HERE}, True),
        ({"Origin": "null"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Referer": "http://evil.example/"}, True),
        ({"Referer": f"{HERE}/mail/", "Accept": "application/json"}, True),
        ({"Referer": "http://evil.example/", "Accept": "application/json"}, False),
        ({"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Accept": "application/json"}, False),
    ],
)
def test_a_page_is_shown_to_people_from_anywhere_and_to_scripts_of_this_site_alone(
    served: Served, headers: dict[str, str], let_in: bool
) -> None:
    browser = inside(served)
    told = {"User-Agent": browser.agent, **headers}
    where = "/shelf/a/" if "Accept" in headers else "/mail/"
    answer = browser.client.get(where, base_url=browser.base, headers=told)
    assert answer.status_code == (200 if let_in else 403)


def test_an_old_browsers_link_to_a_part_of_a_page_from_another_site_is_refused(served: Served) -> None:
    browser = inside(served)
    told = {"User-Agent": browser.agent, "Referer": "http://evil.example/"}
    part = browser.client.get("/mail/?part=room.inside.body", base_url=browser.base, headers=told)
    assert part.status_code == 403


@pytest.mark.parametrize(
    ("headers", "counts"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Referer": f"{HERE}/mail/"}, True),
        ({}, False),
        ({"Referer": "http://evil.example/"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Purpose": "prefetch"}, False),
        ({"Sec-Fetch-Site": "none", "Sec-Purpose": "prefetch;prerender"}, False),
        ({"Sec-Fetch-Site": "none", "Purpose": "prefetch"}, False),
        ({"Referer": f"{HERE}/mail/", "X-Moz": "prefetch"}, False),
        ({"Sec-Fetch-Site": "none", "X-Purpose": "preview"}, False),
    ],
)
def test_only_what_a_person_asked_for_here_may_change_something_when_it_is_opened(
    served: Served, headers: dict[str, str], counts: bool
) -> None:
    with served.app.test_request_context("/mail/", base_url=HERE, headers=headers):
        assert read_client(flask.request).asked_here is counts
