"""A site whose login asks for a test."""

import re
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import flask

import modules.captcha.handlers
import modules.captcha.outputs
import modules.captcha.with_throttle
import modules.throttle.services
from core import Line, Secret
from modules.captcha.config import CaptchaConfig, Provider, VerifyAddress
from modules.captcha.module import module as captcha
from modules.throttle.module import module as throttle
from tests.core.web.door import Browser
from tests.modules.security.house import House, open_house

_USED = (modules.captcha, modules.throttle)
FIELDS = {
    Provider.RECAPTCHA_V2: "g-recaptcha-response",
    Provider.RECAPTCHA_V3: "g-recaptcha-response",
    Provider.HCAPTCHA: "h-captcha-response",
    Provider.TURNSTILE: "cf-turnstile-response",
}


def open_door(folder: Path, config: CaptchaConfig) -> Generator[House, None, None]:
    """Serve the site."""
    yield from open_house(folder, throttle, captcha, configs={CaptchaConfig: config})


def of_provider(provider: Provider, address: VerifyAddress, **options: object) -> CaptchaConfig:
    """What hm3.ini says of a provider."""
    usual = {
        "site_key": Line("site-key"),
        "secret": Secret("server-key"),
        "hostnames": (Line("localhost"),),
        "timeout": timedelta(seconds=20),
    }
    return CaptchaConfig(provider=provider, verify_address=address, **{**usual, **options})  # type: ignore[arg-type]  # each of its own type


def words(answer: flask.Response) -> str:
    """The document."""
    return answer.get_data(as_text=True)


def enter(browser: Browser, password: str = "old", **answers: str) -> flask.Response:
    """Try to log in with an answer to the test."""
    return browser.post("/login", {"username": "ada", "password": password, **answers})


def puzzle_on(page: str) -> tuple[str, int]:
    """The token of a page's puzzle, and how much work it is."""
    found = re.search(r'data-puzzle="([\w.]+)" data-effort="(\d+)"', page)
    assert found
    return found[1], int(found[2])
