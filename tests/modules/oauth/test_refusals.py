"""What a provider, or somebody between, may send a browser back with, and nobody is let in by it."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import flask
import pytest
from werkzeug.wrappers import Response

from modules.oauth.flow import COOKIE
from tests.core.web.door import Browser
from tests.modules.oauth.site import OauthSite, ask_provider, asked_for, come_back, go, open_site, words
from tests.servers.authorization import CLIENT_ID, Provider, new_key, start_provider


def is_out(browser: Browser) -> bool:
    return browser.get("/settings").status_code == 303


def refused(browser: Browser, back: flask.Response, sentence: str) -> None:
    """Nobody is in, and the login page says why."""
    page = words(back)
    assert sentence in page and 'action="/login"' in page, page
    assert is_out(browser)


def test_an_answer_is_good_once(site: OauthSite) -> None:
    browser, cookie = site.browser(), ""
    answer = ask_provider(go(browser))
    kept = browser.client.get_cookie(f"hm3_{COOKIE}")
    assert kept is not None
    come_back(browser, answer)
    cookie = kept.value
    other = site.browser()
    other.client.set_cookie(f"hm3_{COOKIE}", cookie)
    refused(other, come_back(other, answer), "That answer was used before.")


def test_an_answer_counts_in_the_browser_that_was_sent_for_it_alone(site: OauthSite) -> None:
    answer = ask_provider(go(site.browser()))
    other = site.browser()
    refused(other, come_back(other, answer), "This browser was not sent for that answer")


def test_an_answer_for_another_browser_s_question_is_refused(site: OauthSite) -> None:
    answer = ask_provider(go(site.browser()))
    other = site.browser()
    go(other)
    refused(other, come_back(other, answer), "This browser was not sent for that answer")
    assert site.provider.count("/token") == 0


def test_the_cookie_of_a_request_is_taken_back_whatever_comes_of_it(site: OauthSite) -> None:
    browser = site.browser()
    go(browser)
    come_back(browser, "http://localhost/oauth/return/work?state=x&code=y")
    assert browser.client.get_cookie(f"hm3_{COOKIE}") is None


def test_a_cookie_that_this_site_did_not_seal_is_worth_nothing(site: OauthSite) -> None:
    browser = site.browser()
    browser.client.set_cookie(f"hm3_{COOKIE}", "hm1.AAAA")
    refused(browser, come_back(browser, "http://localhost/oauth/return/work?state=x&code=y"), "was not sent for")


def test_nobody_takes_longer_than_ten_minutes(site: OauthSite) -> None:
    browser = site.browser()
    answer = ask_provider(go(browser))
    site.later(minutes=11)
    refused(browser, come_back(browser, answer), "That took too long.")


def test_an_answer_of_another_provider_is_refused(tmp_path: Path, provider: Provider) -> None:
    with start_provider() as wrong:
        other = f"[oauth.other]\nissuer = {wrong.issuer}\nclient_id = {CLIENT_ID}\n"
        with open_site(tmp_path, provider, sections=other) as site:
            browser = site.browser()
            state = asked_for(go(browser))["state"]
            back = come_back(browser, f"http://localhost/oauth/return/other?state={state}&code=stolen")
            refused(browser, back, "was not sent for that answer")
            state = asked_for(go(browser))["state"]
            back = come_back(browser, f"http://localhost/oauth/return/work?state={state}&code=c&iss={wrong.issuer}")
            refused(browser, back, "That answer did not come from Work.")
        assert provider.count("/token") == wrong.count("/token") == 0


def test_a_provider_that_names_itself_always_does(site: OauthSite) -> None:
    browser = site.browser()
    answer = ask_provider(go(browser)).partition("&iss=")[0]
    refused(browser, come_back(browser, answer), "That answer did not come from Work.")


def test_a_provider_that_never_names_itself_need_not(tmp_path: Path, provider: Provider) -> None:
    provider.tells_issuer = False
    with open_site(tmp_path, provider) as site:
        assert site.log_in()[1].location == "/mail/"


def test_who_says_no_there_is_told_so(site: OauthSite) -> None:
    site.provider.says_no = True
    browser, back = site.log_in()
    refused(browser, back, "You were not let in at Work, or said no there.")


def test_what_a_provider_writes_is_not_shown(site: OauthSite) -> None:
    browser = site.browser()
    state = asked_for(go(browser))["state"]
    told = f"state={state}&iss={site.provider.issuer}&error=server_error&error_description=<b>Call+555</b>"
    back = come_back(browser, f"http://localhost/oauth/return/work?{told}&error_uri=javascript:alert(1)")
    refused(browser, back, "Work could not do what this site asked for.")
    assert "Call 555" not in words(back) and "javascript" not in words(back)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": 5},
        {"iss": "https://evil.example"},
        {"aud": ["somebody-else"]},
        {"aud": [CLIENT_ID, "somebody-else"]},
        {"azp": "somebody-else"},
        {"exp": "tomorrow"},
        {"nbf": "x"},
        {"sub": ""},
        {"sub": ["1815"]},
        {"sub": "x" * 256},
        {"sub": "a\nb"},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    ],
)
def test_an_id_token_that_says_anything_else_lets_nobody_in(site: OauthSite, claims: dict[str, object]) -> None:
    site.provider.claims = claims
    browser, back = site.log_in()
    refused(browser, back, "What came back does not prove who you are.")


@pytest.mark.parametrize(("claim", "ahead"), [("exp", -120), ("iat", 600), ("nbf", 600)])
def test_an_id_token_that_is_over_or_not_yet_good_lets_nobody_in(site: OauthSite, claim: str, ahead: int) -> None:
    site.provider.claims = {claim: time.time() + ahead}
    browser, back = site.log_in()
    refused(browser, back, "What came back does not prove who you are.")


def test_a_token_for_several_that_names_this_site_as_its_party_is_fine(site: OauthSite) -> None:
    site.provider.claims = {"aud": [CLIENT_ID, "somebody-else"], "azp": CLIENT_ID, "nbf": time.time() - 5}
    assert site.log_in()[1].location == "/mail/"


def test_a_signature_by_another_key_lets_nobody_in(site: OauthSite) -> None:
    site.provider.signs_with = new_key("one")
    browser, back = site.log_in()
    refused(browser, back, "What came back does not prove who you are.")


def test_a_provider_may_change_its_keys(site: OauthSite) -> None:
    site.log_in()
    known = site.site.application.shared.find(_providers())
    assert known is not None
    for one in known[0]._known.values():  # type: ignore[attr-defined]  # what time does to it
        one.keys_at -= 60
    site.provider.key = new_key("two")
    assert site.log_in()[1].location == "/mail/"
    assert site.provider.count("/keys") == 2


def test_a_token_with_an_unknown_key_does_not_make_this_site_ask_again_and_again(site: OauthSite) -> None:
    site.provider.signs_with = new_key("nobody's")
    for _ in range(3):
        refused(*site.log_in(), "What came back does not prove who you are.")
    assert site.provider.count("/keys") == 1


def _providers() -> type:
    from modules.oauth.providers import Providers

    return Providers


def reply(text: str, status: int = 200, **headers: str) -> Callable[[], Response]:
    return lambda: Response(text, status, headers, mimetype="application/json")


def huge() -> Response:
    return Response(b" " * 300_000, mimetype="application/json")


@pytest.mark.parametrize(
    "answer",
    [
        reply("<html>"),
        reply("[]"),
        reply("{}"),
        reply("x", 500),
        reply("{}", 302, Location="http://127.0.0.1:9/"),
        reply(json.dumps({"access_token": "a", "token_type": "mac"})),
        reply(json.dumps({"access_token": 5, "token_type": "Bearer"})),
        reply(json.dumps({"access_token": "a", "token_type": "Bearer", "expires_in": "soon"})),
        reply(json.dumps({"access_token": "a", "token_type": "Bearer", "refresh_token": 5})),
        reply(json.dumps({"access_token": "a", "token_type": "Bearer", "id_token": 5})),
        reply("[" * 100_000),
        huge,
    ],
)
def test_nonsense_of_the_token_endpoint_is_told_clearly(site: OauthSite, answer: Callable[[], Response]) -> None:
    site.provider.replies["/token"] = answer
    browser, back = site.log_in()
    refused(browser, back, "Please try again later.")
    assert back.status_code == 502


def test_a_login_without_an_id_token_lets_nobody_in(site: OauthSite) -> None:
    site.provider.replies["/token"] = reply(json.dumps({"access_token": "a", "token_type": "Bearer"}))
    refused(*site.log_in(), "What came back does not prove who you are.")


def test_a_code_that_the_provider_does_not_take_is_told(site: OauthSite) -> None:
    site.provider.replies["/token"] = reply('{"error": "invalid_grant", "error_description": "<i>"}', 400)
    refused(*site.log_in(), "Work does not take its own answer any more.")


def test_a_provider_that_is_slow_is_not_waited_for(tmp_path: Path, provider: Provider) -> None:
    def slow() -> Response:
        def drip() -> Iterator[bytes]:
            for _ in range(900):
                yield b" "
                time.sleep(0.1)

        return Response(drip(), mimetype="application/json")

    provider.replies["/token"] = slow
    with open_site(tmp_path, provider, sections="[oauth]\ntimeout = 1 s\n") as site:
        started = time.monotonic()
        browser, back = site.log_in()
        refused(browser, back, "127.0.0.1 does not answer, or not in time.")
        # All of it takes a minute and a half.
        assert time.monotonic() - started < 45


@pytest.mark.parametrize(
    "told",
    [
        "[]",
        '{"issuer": "https://evil.example", "authorization_endpoint": "https://evil.example/a"}',
        '{"issuer": "ISSUER", "authorization_endpoint": "http://evil.example/a"}',
        '{"issuer": "ISSUER", "authorization_endpoint": "javascript:x"}',
    ],
)
def test_a_provider_that_says_wrong_things_of_itself_is_not_used(tmp_path: Path, provider: Provider, told: str) -> None:
    provider.replies["/.well-known/openid-configuration"] = reply(told.replace("ISSUER", provider.issuer))
    with open_site(tmp_path, provider) as site:
        for _ in range(3):
            browser = site.browser()
            browser.post("/oauth/login/work")
            left = browser.get("/oauth/leave")
            assert left.status_code == 502 and "Please try again later." in words(left)
        assert provider.count("/.well-known/openid-configuration") == 1


def test_keys_that_are_none_let_nobody_in(site: OauthSite) -> None:
    site.provider.replies["/keys"] = reply('{"keys": [{"kty": "oct", "k": "AAAA"}, {"kty": "RSA"}, 5]}')
    browser, back = site.log_in()
    refused(browser, back, "Work does not answer as it should.")


def test_no_get_begins_a_login(site: OauthSite) -> None:
    browser = site.browser()
    assert browser.get("/oauth/login/work").status_code == 405
    left = browser.get("/oauth/leave")
    assert left.status_code == 400 and "This browser was not sent" in words(left)


def test_a_provider_that_is_not_there_is_not_found(site: OauthSite) -> None:
    assert site.browser().post("/oauth/login/elsewhere").status_code == 404


@pytest.mark.parametrize("where", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_nobody_is_led_to_another_site_afterwards(site: OauthSite, where: str) -> None:
    assert site.browser().post("/oauth/login/work", {"next": where}).status_code == 422


def test_who_is_logged_in_does_not_become_somebody_else(site: OauthSite) -> None:
    browser = site.browser()
    first = ask_provider(go(browser))
    kept = browser.client.get_cookie(f"hm3_{COOKIE}")
    assert kept is not None
    come_back(browser, ask_provider(go(browser)))
    browser.client.set_cookie(f"hm3_{COOKIE}", kept.value)
    back = come_back(browser, first)
    assert back.location == "/security"
    assert "You are logged in already." in words(browser.get("/security"))
    again = browser.post("/oauth/login/work", {"next": "/settings"}, token=browser.token("/settings"))
    assert again.location == "/settings"


def test_the_site_needs_its_own_address(tmp_path: Path, provider: Provider) -> None:
    with open_site(tmp_path, provider) as site:
        (known,) = site.site.application.shared.find(_providers()) or ()
        known._address = ""  # type: ignore[attr-defined]  # as hm3.ini without [app] address has it
        browser = site.browser()
        browser.post("/oauth/login/work")
        left = browser.get("/oauth/leave")
        assert "The admin has to say in hm3.ini" in words(left)
