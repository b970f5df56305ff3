"""Cookies that come from elsewhere than from where they were given: nobody gets in, and nobody is put out."""

import logging

import pytest

from core.web.cookies import KEY, REFERENCE
from tests.core.web.door import Browser, Served, inside

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
UPDATED = "Mozilla/5.0 (X11; Linux x86_64; rv:155.0) Gecko/20100101 Firefox/155.0"


def copy_of(served: Served, owner: Browser) -> Browser:
    """Another browser that holds the same cookies."""
    thief = served.browser("203.0.113.9")
    for name in (REFERENCE, KEY):
        cookie = owner.client.get_cookie(name)
        assert cookie is not None
        thief.client.set_cookie(name, cookie.value)
    return thief


def test_cookies_in_another_browser_open_the_login_page_and_stay_where_they_are(
    served: Served, caplog: pytest.LogCaptureFixture
) -> None:
    owner = inside(served)
    thief = copy_of(served, owner)
    thief.agent = PHONE
    with caplog.at_level(logging.WARNING):
        answer = thief.get("/mail/")
    assert (answer.status_code, answer.location) == (303, "/login?next=%2Fmail%2F")
    assert "came from elsewhere: its browser differs" in caplog.text
    assert not [cookie for cookie in answer.headers.getlist("Set-Cookie") if "hm3_session" in cookie]
    assert "Clear-Site-Data" not in answer.headers
    assert thief.get("/shelf/a/", Accept="application/json").status_code == 401
    assert owner.get("/mail/").status_code == 200


def test_a_phone_on_the_move_and_an_updated_browser_stay_logged_in(served: Served) -> None:
    owner = inside(served)
    owner.address, owner.agent = "198.51.100.77", UPDATED
    assert owner.get("/mail/").status_code == 200
    background = {"X-Hm3-Background": "1", "Accept": "application/json", "Accept-Language": "fr"}
    assert owner.get("/shelf/a/", **background).status_code == 200


def test_who_logs_in_in_another_browser_has_a_session_of_their_own(served: Served) -> None:
    owner = inside(served)
    other = copy_of(served, owner)
    other.agent = PHONE
    assert other.log_in("bob").status_code == 303
    assert other.get("/mail/").status_code == 200 and owner.get("/mail/").status_code == 200


@pytest.mark.parametrize("half", [REFERENCE, KEY])
def test_half_the_cookies_open_nothing_and_put_nobody_out(served: Served, half: str) -> None:
    owner = inside(served)
    thief = copy_of(served, owner)
    thief.client.delete_cookie(half)
    assert thief.get("/mail/").status_code == 303
    thief.client.set_cookie(half, "x" * 44)
    assert thief.get("/mail/").status_code == 303
    assert owner.get("/mail/").status_code == 200
