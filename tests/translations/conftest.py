"""The site in other languages, for somebody who is logged in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.cli.catalogues import compile_catalogues, find_catalogues
from demo.submission import Submission
from tests.modules.compose.desk import write_ini
from tests.modules.webmail import Webmail, open_webmail
from tests.servers.mail_user import MailUser


@pytest.fixture
def webmail(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Webmail]:
    """The browser of a user who is logged in."""
    list(compile_catalogues(find_catalogues()))
    with open_webmail(write_ini(mail_user, submission, tmp_path)) as webmail:
        webmail.log_in(mail_user.name, mail_user.password)
        yield webmail
