"""Frames without a text, into which scripts put one that came sealed."""

import pytest

from tests.modules.webmail import Webmail

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("page, images", [("/mail-frame", "'self' data:"), ("/mail-frame/remote", "https:")])
def test_an_empty_frame_is_under_the_rules_of_every_message(webmail: Webmail, page: str, images: str) -> None:
    answer = webmail.browser.get(page)
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox allow-same-origin" in policy and "script-src 'none'" in policy
    assert images in policy.split("img-src")[1].split(";")[0]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'<style nonce="{nonce}">/**/</style>' in answer.get_data(as_text=True)
    assert 'class="part' not in answer.get_data(as_text=True)
