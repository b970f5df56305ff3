"""The browser that tests of pages drive."""

import pytest
from selenium.webdriver.remote.webdriver import WebDriver


@pytest.mark.browser
def test_the_browser_shows_a_page(selenium: WebDriver) -> None:
    selenium.get("data:text/html,<title>here</title>")
    assert selenium.title == "here"
