"""People before a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from demo.submission import Submission
from tests.browser.writer import Writer, sit_down
from tests.modules.compose.desk import QUESTION
from tests.servers.mail_user import MailUser


@pytest.fixture
def writer(
    selenium: Chrome, mail_user: MailUser, submission: Submission, tmp_path: Path, front_end: Path
) -> Iterator[Writer]:
    """Someone logged in, with a question in the inbox; at the end the browser's console has no complaints."""
    mail_user.append(QUESTION % mail_user.name.encode())
    selenium.set_window_size(1440, 900)
    with sit_down(selenium, mail_user, submission, tmp_path, front_end) as writer:
        yield writer
        assert writer.complaints() == []
