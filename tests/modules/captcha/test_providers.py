"""Tests of providers: what they say is checked, and what they do not say is not believed."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from modules.captcha.config import CaptchaConfig, OnTrouble, Provider, VerifyAddress
from tests.core.web.door import Browser
from tests.modules.captcha.door import FIELDS, enter, of_provider, open_door, words
from tests.modules.captcha.provider import FakeProvider, start_provider
from tests.modules.security.house import House

V3 = FIELDS[Provider.RECAPTCHA_V3]


@pytest.fixture(scope="module")
def shared_provider() -> Iterator[FakeProvider]:
    """One provider for all tests of this file."""
    with start_provider() as provider:
        yield provider


@pytest.fixture
def provider(shared_provider: FakeProvider) -> FakeProvider:
    """A provider with whom every test is passed."""
    fresh = FakeProvider()
    fresh.says()
    shared_provider.status, shared_provider.answer = fresh.status, fresh.answer
    shared_provider.delay, shared_provider.drip = fresh.delay, fresh.drip
    shared_provider.asked.clear()
    shared_provider.headers.clear()
    return shared_provider


@pytest.fixture
def house(tmp_path: Path, provider: FakeProvider) -> Iterator[House]:
    """A site that asks reCAPTCHA for a score, or what stands in its place."""
    yield from open_door(tmp_path, of_provider(Provider.RECAPTCHA_V3, provider.address))


def browser_in(house: House) -> Browser:
    return Browser(house.app.test_client())


def test_who_passes_the_test_logs_in(house: House, provider: FakeProvider) -> None:
    assert enter(browser_in(house), **{V3: "token"}).status_code == 303
    assert provider.asked == [{"secret": "server-key", "response": "token"}]


def test_a_visitors_address_stays_here(house: House, provider: FakeProvider) -> None:
    browser = Browser(house.app.test_client(), "203.0.113.77")
    assert enter(browser, **{V3: "token"}).status_code == 303
    assert "203.0.113.77" not in f"{provider.asked} {provider.headers}" and "Mozilla" not in f"{provider.headers}"


def test_without_a_token_nobody_is_asked_and_nobody_logs_in(house: House, provider: FakeProvider) -> None:
    answer = enter(browser_in(house))
    assert answer.status_code == 422 and "The test for people has to be passed first." in words(answer)
    assert provider.asked == []


def test_no_token_is_taken_twice(house: House, provider: FakeProvider) -> None:
    assert enter(browser_in(house), "wrong", **{V3: "token"}).status_code == 403
    again = enter(browser_in(house), **{V3: "token"})
    assert again.status_code == 422 and "was passed for another attempt" in words(again)
    assert len(provider.asked) == 1


@pytest.mark.parametrize(
    "told",
    [
        {"success": False},
        {"success": "true"},
        {"success": 1},
        {"success": None},
        {"hostname": "evil.example"},
        {"hostname": None},
        {"action": "newsletter"},
        {"action": None},
        {"score": 0.4},
        {"score": "0.9"},
        {"score": True},
        {"score": None},
        {"success": False, "error-codes": ["invalid-input-response"]},
        {"success": False, "error-codes": "invalid-input-secret"},
    ],
)
def test_what_is_not_a_passed_test_of_this_page_lets_nobody_in(
    house: House, provider: FakeProvider, told: dict[str, object]
) -> None:
    provider.says(**told)
    answer = enter(browser_in(house), **{V3: "token"})
    assert answer.status_code == 422 and "The test for people was not passed; please try again." in words(answer)


def test_a_score_that_is_just_enough_is_enough(house: House, provider: FakeProvider) -> None:
    provider.says(score=0.5, hostname="LOCALHOST")
    assert enter(browser_in(house), **{V3: "token"}).status_code == 303


def test_a_token_that_the_provider_knows_already_is_told(house: House, provider: FakeProvider) -> None:
    provider.says(success=False, **{"error-codes": ["timeout-or-duplicate"]})
    assert "please pass it once more" in words(enter(browser_in(house), **{V3: "token"}))


def make_trouble(provider: FakeProvider, kind: str) -> None:
    """Let something go wrong at the provider."""
    if kind == "late":
        provider.delay = 10
    elif kind == "dripping":
        provider.drip = 600
    elif kind in ("500", "302"):
        provider.status = int(kind)
    elif kind == "secret":
        provider.says(success=False, **{"error-codes": ["invalid-input-secret"]})
    else:
        provider.answer = {
            "no JSON": b"<html>",
            "no object": b"[true]",
            "nothing": b"",
            "no text": b"\xff\xfe\x00",
            "too long": b" " * 70_000 + b"{}",
            "too deep": b"[" * 60_000,
        }[kind]


TROUBLES = (
    "late", "dripping", "500", "302", "secret", "no JSON", "no object", "nothing", "no text", "too long", "too deep",
)  # fmt: skip


@pytest.mark.parametrize("policy", OnTrouble)
@pytest.mark.parametrize("kind", TROUBLES)
def test_trouble_at_the_provider_is_answered_as_hm3_ini_says(
    tmp_path: Path, provider: FakeProvider, caplog: pytest.LogCaptureFixture, policy: OnTrouble, kind: str
) -> None:
    options = {"on_trouble": policy, "timeout": timedelta(seconds=0.3)}
    config = of_provider(Provider.RECAPTCHA_V3, provider.address, **options)
    house = next(opened := open_door(tmp_path, config))
    make_trouble(provider, kind)
    answer = enter(browser_in(house), **{V3: "token"})
    assert answer.status_code == (502 if policy is OnTrouble.REFUSE else 303)
    if policy is OnTrouble.REFUSE:
        assert "The test for people cannot be checked right now. Please try again later." in words(answer)
    told = "Logins are refused meanwhile." if policy is OnTrouble.REFUSE else "Logins are let through meanwhile."
    assert told in caplog.text and "server-key" not in caplog.text
    opened.close()


def test_nobody_listening_is_trouble(tmp_path: Path) -> None:
    config = of_provider(Provider.HCAPTCHA, VerifyAddress.parse("http://127.0.0.1:1/siteverify"))
    house = next(opened := open_door(tmp_path, config))
    assert enter(browser_in(house), **{"h-captcha-response": "token"}).status_code == 502
    opened.close()


def test_a_provider_without_the_right_certificate_is_told_nothing(tmp_path: Path, provider: FakeProvider) -> None:
    address = VerifyAddress.parse(provider.address.replace("http:", "https:"))
    house = next(opened := open_door(tmp_path, of_provider(Provider.RECAPTCHA_V3, address)))
    assert enter(browser_in(house), **{V3: "token"}).status_code == 502
    assert provider.asked == []
    opened.close()


def test_while_trouble_lets_everybody_through_throttle_still_counts(tmp_path: Path, provider: FakeProvider) -> None:
    provider.status = 500
    config = of_provider(Provider.RECAPTCHA_V3, provider.address, on_trouble=OnTrouble.ADMIT)
    house = next(opened := open_door(tmp_path, config))
    answers = [enter(browser_in(house), "wrong", **{V3: f"token{number}"}).status_code for number in range(6)]
    assert answers == [403] * 5 + [429]
    opened.close()


def test_a_secret_that_the_provider_does_not_know_is_told_to_the_admin(
    house: House, provider: FakeProvider, caplog: pytest.LogCaptureFixture
) -> None:
    make_trouble(provider, "secret")
    enter(browser_in(house), **{V3: "token"})
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.getMessage() == ("The provider refuses what [captcha] site_key and secret say: invalid-input-secret.")


@pytest.mark.parametrize(
    ("kind", "script", "source"),
    [
        (Provider.RECAPTCHA_V2, "https://www.google.com/recaptcha/api.js", "https://www.gstatic.com/recaptcha/"),
        (Provider.RECAPTCHA_V3, "https://www.google.com/recaptcha/api.js?render=site-key", "https://www.google.com/recaptcha/"),
        (Provider.HCAPTCHA, "https://js.hcaptcha.com/1/api.js", "https://*.hcaptcha.com"),
        (Provider.TURNSTILE, "https://challenges.cloudflare.com/turnstile/v0/api.js", "https://challenges.cloudflare.com"),
    ],
)  # fmt: skip
def test_a_provider_is_let_into_the_login_page_and_into_no_other(
    tmp_path: Path, provider: FakeProvider, kind: Provider, script: str, source: str
) -> None:
    provider.says(action="login")
    house = next(opened := open_door(tmp_path, of_provider(kind, provider.address)))
    browser = browser_in(house)
    page, refused = browser.get("/login"), enter(browser)
    for answer in (page, refused):
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self' https://" in policy and source in policy and "frame-src 'self' https://" in policy
        assert "unsafe" not in policy and "object-src 'none'" in policy and "trusted-types" not in policy
        assert f'data-script="{script}"' in words(answer) and "which learns your address" in words(answer)
        assert "server-key" not in words(answer)
    assert enter(browser, **{FIELDS[kind]: "token"}).status_code == 303
    inside = browser.get("/settings").headers["Content-Security-Policy"]
    assert "https://" not in inside and "require-trusted-types-for 'script'" in inside
    opened.close()


@pytest.mark.parametrize("name", ["site_key", "secret", "hostnames"])
def test_a_provider_without_its_keys_and_hosts_is_refused_at_boot(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is missing; turnstile needs it"):
        of_provider(Provider.TURNSTILE, VerifyAddress(""), **{name: None})


def test_a_time_that_ends_at_once_is_refused() -> None:
    with pytest.raises(ValueError, match="timeout has to be longer"):
        CaptchaConfig(timeout=timedelta(0))
