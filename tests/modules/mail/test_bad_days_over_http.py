"""What the mail pages say when the server, its quota or the password is not what it was."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.dovecot import Dovecot, dovecot_missing, start_dovecot
from demo.submission import Submission
from tests.modules.compose.desk import write_ini
from tests.modules.mail.letters import plain
from tests.modules.webmail import Webmail, open_webmail
from tests.servers.mail_user import MailUser, new_user
from tests.servers.needs import missing

pytestmark = pytest.mark.servers

INBOX = "/mail/main/INBOX/"


def cut_off(user: MailUser) -> None:
    """End the user's connections to their server, as a restart of it does; returns when they are gone."""
    doveadm = ["doveadm", "-c", str(user.dovecot.layout.run / "dovecot.conf")]
    subprocess.run([*doveadm, "kick", user.name], check=False, capture_output=True)
    end = time.monotonic() + 10
    while user.name in subprocess.run([*doveadm, "who", user.name], capture_output=True, text=True, check=True).stdout:
        if time.monotonic() > end:
            raise TimeoutError(f"{user.name} is still connected.")
        time.sleep(0.05)


@pytest.fixture
def own_dovecot() -> Iterator[Dovecot]:
    """A Dovecot that the test may end."""
    lack = dovecot_missing()
    if lack:
        missing(lack)
    folder = Path(tempfile.mkdtemp(prefix="hm3-mail-"))
    folder.chmod(0o755)
    server = start_dovecot(folder)
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def stranded(own_dovecot: Dovecot, submission: Submission, tmp_path: Path) -> Iterator[Webmail]:
    """The browser of a user who logged in before their server went away."""
    user = new_user(own_dovecot)
    with open_webmail(write_ini(user, submission, tmp_path)) as webmail:
        webmail.log_in(user.name, user.password)
        assert webmail.see(INBOX).status == 200
        own_dovecot.stop()
        yield webmail


def change_password(user: MailUser) -> str:
    """Give the user another password behind the webmail's back, and have the server drop its connections."""
    user.dovecot.change_password(user.name, f"new-{user.password}")
    cut_off(user)
    return f"new-{user.password}"


def test_a_password_changed_elsewhere_leads_to_the_login_and_back(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain("Kept"))
    webmail.see(INBOX)
    password = change_password(mail_user)
    page = webmail.see(f"{INBOX}{uid}")
    assert (page.status, page.location) == (303, f"/login?next=%2Fmail%2Fmain%2FINBOX%2F{uid}")
    # The form is there: who counts as logged in would be sent on from it, and round in a circle.
    assert webmail.see(page.location).has("#password")
    assert webmail.log_in(mail_user.name, password, next=f"{INBOX}{uid}").status == 303
    assert webmail.see(f"{INBOX}{uid}").one("#subject").text() == "Kept"


def test_a_password_changed_elsewhere_ends_what_scripts_may(webmail: Webmail, mail_user: MailUser) -> None:
    uid = mail_user.append(plain())
    webmail.tell(f"{INBOX}messages", {"action": "seen", "uid": str(uid)})
    change_password(mail_user)
    status, told = webmail.tell(f"{INBOX}messages", {"action": "erase", "uid": str(uid)})
    error: Any = told["error"]
    assert (status, error["reason"]) == (401, "The mail server does not take your password any more. Log in again.")
    assert webmail.browser.get("/settings", Accept="application/json").status_code == 401


def test_a_password_changed_elsewhere_ends_a_page_that_only_shows_folders_beside(
    webmail: Webmail, mail_user: MailUser
) -> None:
    webmail.see(INBOX)
    change_password(mail_user)
    assert webmail.see("/settings").location == "/login?next=%2Fsettings"
