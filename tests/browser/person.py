"""A person before a browser: hands, eyes, and what the browser itself heard and said."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selenium.common.exceptions import JavascriptException, NoSuchElementException
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from tests.browser.patience import until
from tests.servers.mail_user import MailUser

INBOX = "/mail/main/INBOX/"
_AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# What has a role of its own, or was given one, and can be used.
_USABLE = "a[href], button, input, select, textarea, summary, iframe, [role]"
_NAMED = f"""
return [...document.querySelectorAll("{_USABLE}")].filter((one) => one.checkVisibility({{visibilityProperty: true}})
  && [one.getAttribute("aria-label"), one.title, one.textContent, ...[...(one.labels ?? [])].map((l) => l.textContent)]
    .some((text) => text && text.replace(/\\s+/g, " ").includes(arguments[0])));
"""


@dataclass
class Person:
    """One browser on one site, and the mailbox behind the webmail's back."""

    browser: Chrome
    user: MailUser
    site: str
    # What the browser told of the network so far.
    heard: list[dict[str, Any]] = field(default_factory=list)  # Any: JSON of the browser's own tools

    def log_in(self, password: str | None = None) -> None:
        """Go to the login form and send it."""
        self.open("/login")
        self.one("[name=username]").send_keys(self.user.name)
        self.one("[name=password]").send_keys((password or self.user.password) + Keys.ENTER)

    def enter(self, where: str = INBOX) -> None:
        """Log in and go to a page."""
        self.log_in()
        self.wait_for("#list-pane")
        if where != self.path:
            self.open(where)

    def open(self, where: str) -> None:
        """Go to an address of the site and wait until the page is complete."""
        self.browser.get(self.site + where)
        self.until(lambda: self.script("return document.readyState") == "complete")

    @property
    def path(self) -> str:
        """Where the browser is, without the site's address."""
        return self.browser.current_url.removeprefix(self.site)

    def wait_for_path(self, path: str) -> None:
        """Return as soon as the browser is at a path."""
        self.until(lambda: self.path == path)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, wherever the focus is."""
        for key in keys:
            ActionChains(self.browser).send_keys(key).perform()

    def one(self, selector: str) -> WebElement:
        """The first element that a selector finds."""
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        """All elements that a selector finds."""
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def named(self, name: str, role: str = "") -> WebElement:
        """The first visible thing with this accessible name and, if told, this role."""
        for found in self.script(_NAMED, name):
            if found.accessible_name == name and role in ("", found.aria_role):
                element: WebElement = found
                return element
        raise NoSuchElementException(f"Nothing to use is called {name!r}.")

    def use(self, name: str, role: str = "") -> None:
        """Click on what has this accessible name, as soon as it is there."""

        def click() -> bool:
            self.named(name, role).click()
            return True

        self.until(click)

    def choose(self, name: str, choice: str) -> None:
        """Choose something of the list that has this accessible name."""
        Select(self.named(name, "combobox")).select_by_visible_text(choice)

    def fill(self, name: str, text: str) -> None:
        """Type something in place of what stands in the field with this accessible name, and leave the field."""
        self.named(name).send_keys(Keys.CONTROL, "a", Keys.NULL, text, Keys.TAB)

    def text(self, selector: str) -> str:
        """What stands in the first element that a selector finds, as people see it."""
        return self.one(selector).text

    def texts(self, selector: str) -> list[str]:
        """What stands in all elements that a selector finds, hidden or not."""
        look = "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent.trim())"
        found: list[str] = self.script(look, selector)
        return found

    def subjects(self) -> list[str]:
        """The subjects of the rows in the page."""
        return self.texts(".row .row-subject")

    def wait_for(self, selector: str) -> WebElement:
        """Return what a selector finds as soon as it does and is seen."""
        self.until(lambda: any(found.is_displayed() for found in self.all(selector)))
        return next(found for found in self.all(selector) if found.is_displayed())

    def wait_for_text(self, selector: str, text: str) -> None:
        """Return as soon as a text stands in an element."""
        self.until(lambda: any(text in found for found in self.texts(selector)))

    def wait_for_subjects(self, *subjects: str) -> None:
        """Return as soon as these are the rows of the list."""
        self.until(lambda: self.subjects() == list(subjects))

    def wait_for_message(self, subject: str) -> None:
        """Return as soon as a message is open and its text is there."""
        self.until(lambda: self.one("#message #subject").text == subject)
        self.until(lambda: self.script(_FRAME_IS_READY))

    def wait_for_notice(self, text: str) -> None:
        """Return as soon as the page says something at its foot."""
        self.wait_for_text("#notices .notice", text)

    def until(self, true: Callable[[], object]) -> None:
        """Return when something holds; a page that is just being changed is looked at again."""
        until(self.browser, true)

    # Any: a script returns what it likes.
    def script(self, script: str, *arguments: object) -> Any:
        """What a function's body returns in the page."""
        return self.browser.execute_script(script, *arguments)

    def in_letter(self, script: str) -> Any:
        """What a function's body returns about the document of the open message, there called `letter`."""
        begin = "const letter = document.querySelector('iframe.letter-frame').contentDocument;"
        try:
            return self.script(f"{begin} {script}")
        except JavascriptException as error:
            raise NoSuchElementException("There is no message, or not yet.") from error

    def tell_browser(self, command: str, **parameters: object) -> dict[str, Any]:
        """Run a command of the browser's own tools."""
        answer: dict[str, Any] = self.browser.execute_cdp_cmd(command, parameters)
        return answer

    def be_on_a_phone(self) -> None:
        """Make the browser as wide as a phone, with fingers for a mouse."""
        screen = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
        self.tell_browser("Emulation.setDeviceMetricsOverride", **screen)
        self.tell_browser("Emulation.setTouchEmulationEnabled", enabled=True)

    def like_dark(self) -> None:
        """Say that the system's colours are dark ones."""
        dark = {"name": "prefers-color-scheme", "value": "dark"}
        self.tell_browser("Emulation.setEmulatedMedia", features=[dark])

    def asked(self) -> list[str]:
        """Every address that the browser asked for since it began."""
        for entry in self.browser.get_log("performance"):  # type: ignore[no-untyped-call]  # selenium left it so
            self.heard.append(json.loads(entry["message"])["message"])
        asked = [event["params"]["request"]["url"] for event in self.heard if event["method"] == _ASKED]
        return [address for address in asked if not address.startswith(("data:", "blob:", "chrome:"))]

    def asked_elsewhere(self) -> list[str]:
        """Every address outside of the site that the browser asked for."""
        return [address for address in self.asked() if not address.startswith(f"{self.site}/")]

    def complaints(self) -> list[str]:
        """What the console complained of, except answers of the server that a test provoked."""
        entries = self.browser.get_log("browser")  # type: ignore[no-untyped-call]  # selenium left it so
        said = [str(one["message"]) for one in entries if one["level"] in ("SEVERE", "WARNING")]
        return [message for message in said if "status of 4" not in message]

    def barriers(self) -> list[str]:
        """What axe-core finds on the page that keeps people out."""
        # Through the browser's own tools: the site's rules let no foreign script in.
        self.tell_browser("Runtime.evaluate", expression=_AXE.read_text("utf-8"))
        found = self.tell_browser("Runtime.evaluate", expression=_LOOK, awaitPromise=True, returnByValue=True)
        return [str(one) for one in found["result"]["value"]]


_ASKED = "Network.requestWillBeSent"
_FRAME_IS_READY = """
const inner = document.querySelector("#letter-frame")?.contentDocument;
return inner?.readyState === "complete" && inner.documentElement.dataset.sized !== undefined;
"""
# A colour on its way to another one is nobody's barrier: what moves comes to its end first.
_LOOK = """
Promise.all(document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
  .map((one) => one.finished.catch(() => null)))
.then(() => axe.run(document, {resultTypes: ["violations"], iframes: false}))
.then((found) => found.violations.flatMap((rule) =>
  rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 200)} ${node.any[0]?.message ?? ""}`)))
"""
