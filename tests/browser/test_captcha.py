"""The test on the login page, as a browser passes it by itself."""

import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from werkzeug.serving import make_server

from core.loader import load
from core.web.app import make_app
from core.web.site import open_parts

pytestmark = pytest.mark.browser

PORTER = '''"""Knows whoever says the right word."""

from core import Authenticator, Identity, Module, Secret

module = Module("porter")


class Porter:
    """One word for everybody."""

    name = "porter"

    def authenticate(self, username: str, password: Secret) -> Identity | None:
        """Whoever knows the word."""
        return Identity(username, {}, password) if password == "right" else None


@module.service
def porter() -> Authenticator:
    """The porter."""
    return Porter()
'''
INI = """[app]
data = {folder}/data
[modules]
path = {folder}/modules
captcha = on
{off}
[captcha]
effort = {effort}
"""


def without_mail() -> str:
    """The lines that switch everything off that cannot be without mail servers."""
    files = (Path(__file__).resolve().parents[2] / "modules").glob("*/module.py")
    modules = [importlib.import_module(f"modules.{file.parent.name}.module").module for file in files]
    off = {"imap", "smtp", "mail"}
    for _ in modules:
        off |= {module.name for module in modules if off & set(module.requires)}
    return "\n".join(f"{name} = off" for name in sorted(off))


@contextmanager
def serve(folder: Path, effort: int) -> Iterator[str]:
    """The program with a porter in place of mail servers; its address."""
    (folder / "modules" / "porter").mkdir(parents=True)
    (folder / "modules" / "porter" / "module.py").write_text(PORTER)
    (folder / "hm3.ini").write_text(INI.format(folder=folder, effort=effort, off=without_mail()))
    with open_parts(load(folder / "hm3.ini")) as parts:
        server = make_server("127.0.0.1", 0, make_app(parts), threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


@pytest.fixture(scope="module")
def easy_site(front_end: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a program whose puzzles take no time."""
    with serve(tmp_path_factory.mktemp("easy"), 8) as site:
        yield site


def log_in(browser: Chrome, password: str) -> None:
    """Fill in the form and send it."""
    browser.find_element(By.NAME, "username").send_keys("ada")
    browser.find_element(By.NAME, "password").send_keys(password + Keys.ENTER)


def test_a_browser_does_the_work_while_its_person_types(selenium: Chrome, front_end: Path, tmp_path: Path) -> None:
    with serve(tmp_path, 18) as site:
        selenium.get(f"{site}/login")
        log_in(selenium, "wrong")
        WebDriverWait(selenium, 120, 0.05).until(lambda browser: "is wrong" in browser.page_source)
        log_in_again(selenium)
        WebDriverWait(selenium, 120, 0.05).until(lambda browser: not browser.current_url.endswith("/login"))
        selenium.get(f"{site}/settings")
        assert selenium.current_url == f"{site}/settings"
        assert policy_complaints(selenium) == []


def policy_complaints(browser: Chrome) -> list[str]:
    """What the browser refused to load."""
    entries = browser.get_log("browser")  # type: ignore[no-untyped-call]  # selenium left it so
    return [entry["message"] for entry in entries if "Content Security" in entry["message"]]


def log_in_again(browser: Chrome) -> None:
    """The name is still there; the password is typed anew."""
    browser.find_element(By.NAME, "password").send_keys("right" + Keys.ENTER)


def test_a_puzzle_that_became_too_old_is_made_anew_before_the_form_is_sent(selenium: Chrome, easy_site: str) -> None:
    selenium.get(f"{easy_site}/login")
    before = selenium.find_element(By.NAME, "captcha_puzzle").get_attribute("value")
    selenium.execute_script("const now = Date.now; Date.now = () => now() + 11 * 60 * 1000;")
    selenium.execute_script(
        "document.querySelector('form').addEventListener('formdata',"
        " (event) => sessionStorage.setItem('sent', event.formData.get('captcha_puzzle')));"
    )
    log_in(selenium, "right")
    WebDriverWait(selenium, 120, 0.05).until(lambda browser: not browser.current_url.endswith("/login"))
    sent = selenium.execute_script("return sessionStorage.getItem('sent')")
    assert sent and sent != before


def test_without_scripts_the_page_says_what_is_missing(selenium: Chrome, easy_site: str) -> None:
    selenium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    selenium.get(f"{easy_site}/login")
    assert "Logging in here needs scripts" in selenium.find_element(By.CSS_SELECTOR, "form").text
