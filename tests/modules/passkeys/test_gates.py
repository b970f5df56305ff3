"""Whoever fails too often with passkeys waits, and no test tells people from programs where a key is shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import modules.captcha.handlers
import modules.captcha.outputs
import modules.captcha.with_throttle
import modules.throttle.services
from modules.captcha.config import CaptchaConfig
from modules.captcha.module import module as captcha
from modules.throttle.module import module as throttle
from tests.modules.passkeys.authenticator import SoftKey, letters
from tests.modules.passkeys.rooms import (
    LOGIN,
    STEP,
    asked,
    enrolled,
    is_in,
    log_in,
    stranger,
    try_to_send,
    without_codes,
    words,
)
from tests.modules.security.house import House, open_house

_USED = (modules.captcha, modules.throttle)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[House]:
    """A site that counts failures."""
    yield from open_house(tmp_path, throttle, without_codes())


@pytest.mark.parametrize("known", [True, False])
def test_whoever_fails_too_often_with_one_passkey_waits(guarded: House, known: bool) -> None:
    key = enrolled(guarded) if known else SoftKey()
    key.private = SoftKey().private
    browser = stranger(guarded)
    told = [log_in(browser, key) for _ in range(12)]
    assert told[0].status_code == 403 and told[-1].status_code == 429
    assert "too many failed attempts" in words(told[-1])


def test_failures_count_against_the_second_factor_too(guarded: House) -> None:
    key = enrolled(guarded, "factor")
    browser, led = guarded.enter()
    assert led == STEP
    request = asked(browser, STEP)
    wrong = SoftKey(id=key.id, handle=key.handle)
    answers = [
        try_to_send(browser, STEP, token_from=STEP, **wrong.answer(request if one == 0 else asked(browser, STEP)))
        for one in range(12)
    ]
    assert answers[0].status_code == 403 and answers[-1].status_code == 429 and not is_in(browser)


def test_answers_that_come_too_late_are_no_failures(guarded: House) -> None:
    key, browser = enrolled(guarded), stranger(guarded)
    for _ in range(12):
        sent = key.answer(asked(browser, LOGIN)) | {"username": letters(key.id)}
        guarded.later(minutes=6)
        assert try_to_send(browser, LOGIN, **sent).status_code == 409
    assert log_in(browser, key).status_code == 200


def test_a_passkey_needs_no_test_for_people(tmp_path: Path) -> None:
    for house in open_house(tmp_path, throttle, captcha, without_codes(), configs={CaptchaConfig: CaptchaConfig()}):
        browser = stranger(house)
        assert try_to_send(browser, LOGIN, username="x", answer="{}").status_code == 403
        assert browser.post("/login", {"username": "ada", "password": "old"}).status_code == 422
