"""A logged-in browser for each test of the mail pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.submission import Submission
from tests.modules.compose.desk import write_ini
from tests.modules.webmail import Webmail, open_webmail
from tests.servers.mail_user import MailUser


@pytest.fixture
def webmail(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Webmail]:
    """The browser of a user who is logged in."""
    with open_webmail(write_ini(mail_user, submission, tmp_path)) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        yield webmail


@pytest.fixture
def bare_webmail(bare_mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Webmail]:
    """The same on a server that offers nothing beyond IMAP4rev1."""
    with open_webmail(write_ini(bare_mail_user, submission, tmp_path)) as webmail:
        webmail.log_in(bare_mail_user.name, bare_mail_user.password)
        yield webmail
