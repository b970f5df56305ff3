"""One browser for many tests: it starts once, and forgets everything between them."""

from pathlib import Path

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from urllib3.exceptions import HTTPError

from tests.options import browser_driver, without_window

# A machine without a screen has no mouse either, and pages hide what is for mice.
_WITH_A_MOUSE = "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"
# What unfolds below the line for addresses are two pages of the browser's own in every window; nobody types there.
_WITHOUT_SUGGESTIONS = "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup"


class Browser:
    """Chromium and its driver, started when first needed and again should it have died."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._chrome: Chrome | None = None

    def fresh(self) -> Chrome:
        """The browser with one new tab, without cookies, storage and logs of before."""
        if self._chrome is not None:
            try:
                return _forget(self._chrome)
            except (WebDriverException, HTTPError):
                self.quit()
        self._chrome = _start(self._folder)
        return self._chrome

    def quit(self) -> None:
        """End it."""
        if self._chrome is not None:
            self._chrome.quit()
        self._chrome = None


def leave(chrome: Chrome) -> None:
    """Leave every page, so that what pages still have to say is heard while their user is there."""
    for window in chrome.window_handles:
        chrome.switch_to.window(window)
        chrome.get("about:blank")


def _start(folder: Path) -> Chrome:
    options = without_window(Options())
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # Of all that happens only what was asked for is looked at.
    options.add_experimental_option("perfLoggingPrefs", {"enableNetwork": True, "enablePage": False})
    for argument in ("--lang=en", "--window-size=1440,900", _WITH_A_MOUSE, _WITHOUT_SUGGESTIONS):
        options.add_argument(argument)
    return Chrome(options=options, service=browser_driver(str(folder / "driver.log")))


def _forget(chrome: Chrome) -> Chrome:
    used = chrome.window_handles
    chrome.switch_to.window(used[0])
    # What a test made of a tab, such as its size or that scripts do not run, goes with the tab; a window costs more.
    chrome.switch_to.new_window("tab")
    mine = chrome.current_window_handle
    for handle in used:
        chrome.switch_to.window(handle)
        chrome.close()
    chrome.switch_to.window(mine)
    chrome.execute_cdp_cmd("Network.clearBrowserCookies", {})
    chrome.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
    chrome.set_window_size(1440, 900)
    for kind in ("browser", "performance"):
        chrome.get_log(kind)  # type: ignore[no-untyped-call]  # selenium left it so
    return chrome
