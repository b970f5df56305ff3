"""An account of hm3's own: made at the command line, used and given another password in a browser."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from demo.dovecot import Dovecot
from demo.submission import Submission
from tests.browser.person import Person
from tests.browser.site import Site, serve
from tests.servers.mail_user import MailUser

pytestmark = [pytest.mark.browser, pytest.mark.servers]

ROOT = Path(__file__).resolve().parents[2]
OLD, NEW = "meadow lantern 7", "copper harbour 9"


@pytest.fixture(scope="module")
def local_site(
    tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot, submission: Submission, front_end: Path
) -> Iterator[Site]:
    """The program with accounts of its own."""
    with serve(tmp_path_factory.mktemp("local"), dovecot, submission, more="[modules]\nlocal = on\n") as site:
        yield site


@pytest.fixture
def eve(selenium: Chrome, local_site: Site, dovecot: Dovecot) -> Person:
    """Somebody whose account an admin makes while the site runs."""
    command = [sys.executable, "-m", "core.cli", "user", "--config", str(local_site.ini), "add", "eve", "--stdin"]
    subprocess.run(command, input=f"{OLD}\n", text=True, check=True, cwd=ROOT)
    return Person(selenium, MailUser("eve", OLD, dovecot), local_site.address)


def log_in(person: Person, password: str) -> None:
    person.open("/login")
    person.one("[name=username]").send_keys("Eve")
    person.one("[name=password]").send_keys(password + Keys.ENTER)


def change(person: Person, old: str, new: str) -> None:
    for name, text in (("current", old), ("new", new), ("again", new)):
        person.one(f"[name={name}]").send_keys(text)
    person.use("Change it", "button")


def test_a_local_user_changes_the_password_and_logs_in_with_the_new_one(eve: Person) -> None:
    log_in(eve, OLD)
    eve.until(lambda: not eve.path.startswith("/login"))
    eve.open("/security")
    eve.use("Change your password", "link")
    eve.wait_for_path("/security/password")
    assert eve.barriers() == []
    change(eve, "not the one", NEW)
    eve.wait_for_text(".field-error", "This is not your password.")
    assert eve.one("[name=others]").is_selected() and eve.one("[name=new]").get_property("value") == ""
    assert eve.barriers() == []
    change(eve, OLD, NEW)
    eve.wait_for_path("/security")
    eve.wait_for_notice("Your new password counts from now on.")
    assert eve.barriers() == [] and eve.complaints() == []
    eve.use("Log out")
    eve.wait_for("[name=password]")
    log_in(eve, OLD)
    assert eve.wait_for("[role=alert]").text == "The name or the password is wrong."
    eve.open("/login/unlock")
    assert eve.barriers() == []
    log_in(eve, NEW)
    eve.until(lambda: not eve.path.startswith("/login"))
    eve.open("/security/erase")
    assert eve.text("h1") == "Delete your account" and eve.barriers() == []
