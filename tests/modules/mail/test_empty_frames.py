"""Frames without a text, into which scripts put one that came sealed."""

import pytest

from modules.mail.module import empty_frame_page
from tests.modules.webmail import Webmail

pytestmark = pytest.mark.servers


def test_an_empty_frame_is_under_the_rules_of_every_message(webmail: Webmail) -> None:
    answer = webmail.browser.get("/mail-frame")
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox allow-same-origin" in policy and "script-src 'none'" in policy
    assert policy.split("img-src")[1].split(";")[0].strip() == "'self' data:"
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'<style nonce="{nonce}">/**/</style>' in answer.get_data(as_text=True)
    assert 'class="part' not in answer.get_data(as_text=True)


def test_an_empty_frame_that_is_asked_for_ahead_keeps_no_session_awake() -> None:
    assert empty_frame_page.background
