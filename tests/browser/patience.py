"""Wait in a browser for what will be true, and tell what stood there instead."""

from collections.abc import Callable

from selenium.common.exceptions import (
    NoSuchElementException,
    StaleElementReferenceException,
    TimeoutException,
    WebDriverException,
)
from selenium.webdriver import Chrome
from selenium.webdriver.support.ui import WebDriverWait

# Seconds; longer than the half minute after which a page asks by itself what changed.
PATIENCE = 90
_CHANGING = (NoSuchElementException, StaleElementReferenceException)
_TOLD = 2000


def until(browser: Chrome, true: Callable[[], object]) -> None:
    """Return when something holds; a page that is just being changed is looked at again.

    Raises:
        TimeoutException: It never did; says what the page shows.
    """
    try:
        WebDriverWait(browser, PATIENCE, 0.05, ignored_exceptions=_CHANGING).until(lambda _: true())
    except TimeoutException as error:
        raise TimeoutException(f"The page shows: {_shown(browser)}") from error


def _shown(browser: Chrome) -> str:
    try:
        text: str = browser.execute_script("return document.body.innerText")
    except WebDriverException as error:
        return f"nothing that it tells ({error.msg})"
    return text[:_TOLD]
