"""Locked out after too many wrong passwords, and let in again by the recovery code, in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from demo.submission import Submission
from tests.browser.test_guarded import log_out
from tests.browser.writer import Writer, sit_down
from tests.servers.mail_user import MailUser

pytestmark = [pytest.mark.browser, pytest.mark.servers]


@pytest.fixture
def owner(
    selenium: Chrome, mail_user: MailUser, submission: Submission, tmp_path: Path, front_end: Path
) -> Iterator[Writer]:
    """Someone logged in on a site that locks a name after three failures."""
    more = "[throttle]\nfailures = 3\nfailures_here = 3\n"
    with sit_down(selenium, mail_user, submission, tmp_path, front_end, more) as writer:
        yield writer
        assert writer.complaints() == []


def attempt(owner: Writer, password: str) -> None:
    """Fill in the login form and send it."""
    name = owner.one("[name=username]")
    name.clear()
    name.send_keys(owner.user.name)
    owner.one("[name=password]").send_keys(f"{password}\n")


def make_code(owner: Writer) -> str:
    """Make a recovery code on the security page."""
    owner.open("/security")
    owner.one("#code-password").send_keys(f"{owner.user.password}\n")
    owner.wait_for(".recovery-code")
    groups = owner.texts(".recovery-code code")
    owner.one("[name=first]").send_keys(groups[1])
    owner.one("[name=second]").send_keys(f"{groups[5]}\n")
    owner.wait_for_text("main", "Your recovery code was made on")
    return "-".join(groups)


def test_the_recovery_code_opens_a_locked_name(owner: Writer) -> None:
    code = make_code(owner)
    log_out(owner)
    for _ in range(3):
        attempt(owner, "wrong")
        owner.wait_for("[role=alert]")
    attempt(owner, owner.user.password)
    owner.wait_for_text("[role=alert]", "too many failed attempts")
    owner.one("a[href='/login/unlock']").click()
    owner.wait_for("#recovery-code")
    owner.one("#locked-name").send_keys(owner.user.name)
    owner.one("#recovery-code").send_keys("AAAA-AAAA\n")
    owner.wait_for_text(".field-error", "The code")
    assert owner.one("#locked-name").get_attribute("value") == owner.user.name
    owner.one("#recovery-code").send_keys(f"{code}\n")
    owner.wait_for("#unlocked-title")
    owner.one("main a.primary").click()
    owner.wait_for("[name=username]")
    attempt(owner, owner.user.password)
    owner.wait_for("#list-pane")
    owner.wait_for_text("#notices", "failed attempts")
