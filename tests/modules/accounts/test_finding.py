"""The servers of a further mailbox, found by its address."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.submission import Submission
from tests.modules.discovery.site import Somewhere, open_somewhere
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers


@pytest.fixture
def site(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Somewhere]:
    """A user who logged in by their address, on a site that finds servers."""
    with open_somewhere(tmp_path, mail_user.dovecot, submission) as site:
        site.says(mail_user.dovecot.imaps_port, smtp=submission.tls_port)
        site.confirm(site.propose(mail_user.name), mail_user.password)
        yield site


def test_the_servers_of_an_address_are_filled_in(site: Somewhere, mail_user: MailUser, submission: Submission) -> None:
    page = site.webmail.see("/accounts/new?find=bob%40example.test")
    assert "Nothing was sent to them yet" in page.texts(".banner")[0]
    assert page.value("[name=address]") == page.value("[name=username]") == "bob@example.test"
    assert (page.value("[name=imap_host]"), page.value("[name=smtp_host]")) == ("localhost", "localhost")
    assert page.value("[name=imap_port]") == str(mail_user.dovecot.imaps_port)
    assert page.value("[name=smtp_port]") == str(submission.tls_port)
    assert page.value("[name=imap_encryption]") == "tls"


def test_a_provider_says_which_password_it_takes(site: Somewhere) -> None:
    page = site.webmail.see("/accounts/new?find=ada%40gmail.com")
    assert page.value("[name=imap_host]") == "imap.gmail.com"
    assert "app password" in page.texts(".banner")[0]


def test_where_nobody_tells_of_servers_the_form_is_there_with_the_address(site: Somewhere) -> None:
    page = site.webmail.see("/accounts/new?find=ada%40nowhere.test")
    assert "No servers were found" in page.texts(".banner")[0]
    assert page.value("[name=address]") == "ada@nowhere.test"
    assert page.value("[name=imap_host]") == ""


def test_what_is_no_address_is_said_beside_the_form(site: Somewhere) -> None:
    assert site.webmail.see("/accounts/new?find=nobody").status == 422
