"""A key is in the session's record: every worker that serves the site knows it, and one that was started anew."""

import dataclasses
from pathlib import Path

from core.web.app import make_app
from tests.core.web.door import Browser
from tests.modules.ajax.page import Page, open_ajax_house
from tests.modules.security.house import House


def test_another_worker_knows_the_key(tmp_path: Path) -> None:
    house: House = next(open_ajax_house(tmp_path))
    page = Page(house.enter()[0]).begin()
    there = Browser(make_app(house.site).test_client(), agent=page.browser.agent)
    for cookie in ("hm3_session", "hm3_key", "hm3_form"):
        held = page.browser.client.get_cookie(cookie)
        assert held is not None
        there.client.set_cookie(cookie, held.value)
    assert dataclasses.replace(page, browser=there).get("/nowhere").status == 404
