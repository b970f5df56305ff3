"""A second mailbox, in a real browser: connected, looked at, sent from, disconnected."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from demo.submission import Submission
from tests.browser.writer import Writer, sit_down
from tests.modules.mail.letters import plain
from tests.servers.mail_user import MailUser, new_user

pytestmark = [pytest.mark.browser, pytest.mark.servers]


@pytest.fixture
def other(mail_user: MailUser) -> Iterator[MailUser]:
    """Another mailbox of the same person."""
    user = new_user(mail_user.dovecot)
    yield user
    user.dovecot.forget_user(user.name)


@pytest.fixture
def owner(
    selenium: Chrome, mail_user: MailUser, submission: Submission, tmp_path: Path, front_end: Path
) -> Iterator[Writer]:
    """Someone logged in on a site that connects to servers of this machine for them."""
    dovecot = mail_user.dovecot
    more = f"""[accounts]
ca_file = {dovecot.ca_file}
ports = {dovecot.imaps_port}, {submission.tls_port}
inner_networks = yes
"""
    with sit_down(selenium, mail_user, submission, tmp_path, front_end, more) as writer:
        yield writer
        assert writer.complaints() == []


def fill_in(owner: Writer, other: MailUser, submission: Submission, password: str) -> None:
    """Fill in the form of a new account and send it."""
    told = {
        "address": other.name,
        "label": "Club",
        "imap_host": "localhost",
        "imap_port": str(other.dovecot.imaps_port),
        "smtp_host": "localhost",
        "smtp_port": str(submission.tls_port),
        "password": password,
    }
    for name, text in told.items():
        field = owner.one(f"[name={name}]")
        field.clear()
        field.send_keys(text)
    owner.one(".account-form .primary").click()


def test_a_second_mailbox_is_connected_read_and_disconnected(
    owner: Writer, other: MailUser, submission: Submission
) -> None:
    other.append(plain("At the club"))
    owner.open("/accounts")
    owner.one("a[href='/accounts/new']").click()
    owner.wait_for(".account-form")
    fill_in(owner, other, submission, "wrong")
    owner.wait_for_text(".field-error", "is not taken by the server")
    assert owner.one("[name=label]").get_attribute("value") == "Club"
    owner.one("[name=password]").send_keys(other.password)
    owner.one(".account-form .primary").click()
    owner.wait_for_text(".row-subject", "At the club")
    assert owner.texts(".accounts [aria-current] .label") == ["Club"]
    owner.one(".accounts a[href='/mail/main/INBOX/']").click()
    owner.until(lambda: owner.texts(".accounts [aria-current] .label") == [owner.user.name])
    assert "At the club" not in owner.texts(".row-subject")
    owner.one(".accounts a:not([aria-current])").click()
    owner.wait_for_text(".row-subject", "At the club")
    # Another tab looks at the other account meanwhile.
    owner.browser.execute_async_script("fetch('/mail/main/INBOX/').then(arguments[0])")
    owner.begin()
    assert f"/mail/{owner.one('.panel [name=account]').get_attribute('value')}/" in owner.browser.current_url
    owner.open("/accounts")
    owner.one(".device-ways a:last-child").click()
    owner.wait_for(".disconnect button").click()
    owner.wait_for_text("#notices", "Club is disconnected.")
    assert not owner.all(".accounts")
    assert len(other.uids()) == 1
