"""A person who writes mail in a real browser, before a whole site with real mail servers."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from werkzeug.serving import make_server

from core.loader import load
from core.web.app import make_app
from core.web.site import open_parts
from demo.submission import Submission
from tests.browser.patience import until
from tests.modules.compose.desk import write_ini
from tests.servers.mail_user import MailUser


@dataclass
class Writer:
    """Hands and eyes at the browser, and the mailbox behind the webmail's back."""

    browser: Chrome
    user: MailUser
    site: str

    def log_in(self) -> None:
        """Fill in the login form of the page that is open."""
        self.one("[name=username]").send_keys(self.user.name)
        self.one("[name=password]").send_keys(self.user.password + Keys.ENTER)
        self.wait_for("#list-pane")
        self.wait_for_scripts()

    def open(self, where: str) -> None:
        """Go to an address of the site and wait until its scripts run."""
        self.browser.get(self.site + where)
        self.wait_for_scripts()

    def wait_for_scripts(self) -> None:
        """Return when the page is complete."""
        self.until(lambda: self.browser.execute_script("return document.readyState") == "complete")

    def press(self, *keys: str) -> None:
        """Press keys where nothing is typed into."""
        self.one("body").send_keys(*keys)

    def type(self, *keys: str) -> None:
        """Type into what has the focus."""
        self.browser.switch_to.active_element.send_keys(*keys)

    def begin(self, undo_seconds: int = 0) -> None:
        """Open a panel with a new message."""
        self.press("c")
        self.wait_for(".panel form.compose")
        self.hold_back(undo_seconds)

    def hold_back(self, seconds: int) -> None:
        """As the setting for undoing says."""
        form = self.one(".panel form.compose")
        self.browser.execute_script("arguments[0].dataset.undoSeconds = arguments[1]", form, str(seconds))

    def write(self, to: str = "", subject: str = "", text: str = "") -> None:
        """Fill in the panel."""
        for selector, typed in (("[data-recipients=to] input[type=text]", f"{to},"), ("[name=subject]", subject)):
            if typed.strip(","):
                self.one(f".panel {selector}").send_keys(typed)
        if text:
            self.one(".panel .compose-text:not([hidden])").send_keys(text)

    def send(self) -> None:
        """Press the button."""
        self.one(".panel button[value=send]").click()

    def one(self, selector: str) -> WebElement:
        """The first element that a selector finds."""
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        """All elements that a selector finds."""
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        """What stands in all elements that a selector finds."""
        script = "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent.trim())"
        found: list[str] = self.browser.execute_script(script, selector)
        return found

    def wait_for(self, selector: str) -> WebElement:
        """Return what a selector finds as soon as it does and is seen."""
        self.until(lambda: any(found.is_displayed() for found in self.all(selector)))
        return self.one(selector)

    def wait_for_text(self, selector: str, text: str) -> None:
        """Return as soon as a text stands in an element."""
        self.until(lambda: any(text in found for found in self.texts(selector)))

    def wait_until_saved(self) -> None:
        """Return when everything typed so far is in the draft."""
        self.wait_for_text(".compose [data-saved]", "Saved")

    def until(self, true: Callable[[], object]) -> None:
        """Return when something holds; a page that is just being changed is looked at again."""
        until(self.browser, true)

    def complaints(self) -> list[str]:
        """What the console of the browser complained of, except answers of the server that a test provoked."""
        entries = self.browser.get_log("browser")  # type: ignore[no-untyped-call]  # selenium left it so
        severe = [str(one["message"]) for one in entries if one["level"] == "SEVERE"]
        return [message for message in severe if "status of 4" not in message]


@contextmanager
def sit_down(
    browser: Chrome, user: MailUser, submission: Submission, folder: Path, front_end: Path, more: str = ""
) -> Iterator[Writer]:
    """Serve a site to a browser in which the user is logged in; `more` is more of hm3.ini."""
    ini = write_ini(user, submission, folder, more)
    with ini.open("a") as file:
        file.write("[rates]\nlogin = 1000 per minute\naccount = 1000 per minute\n")
    with open_parts(load(ini), built=front_end) as site:
        server = make_server("127.0.0.1", 0, make_app(site), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            writer = Writer(browser, user, f"http://127.0.0.1:{server.port}")
            writer.open("/login")
            writer.log_in()
            writer.open("/mail/main/INBOX/")
            yield writer
        finally:
            server.shutdown()
