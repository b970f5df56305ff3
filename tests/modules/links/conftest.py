"""What links are judged by, and a logged-in browser to follow them with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.submission import Submission
from modules.links.judging import Judgement
from modules.links.services import know_links
from tests.modules.compose.desk import write_ini
from tests.modules.webmail import Webmail, open_webmail
from tests.servers.mail_user import MailUser


@pytest.fixture(scope="session")
def judgement() -> Judgement:
    """The judge that hm3 brings along."""
    return know_links()


@pytest.fixture
def webmail(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Webmail]:
    """The browser of a user who is logged in."""
    with open_webmail(write_ini(mail_user, submission, tmp_path)) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        yield webmail
