"""Desks to write at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.submission import Submission
from tests.modules.compose.desk import Desk, sit_down
from tests.servers.mail_user import MailUser


@pytest.fixture
def desk(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Desk]:
    """A user's desk."""
    yield from sit_down(mail_user, submission, tmp_path)


@pytest.fixture
def small_desk(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Desk]:
    """A desk where only little mail may be sent."""
    bounds = "largest_attachment = 1000\nlargest_message = 6000\nmost_attachments = 2"
    yield from sit_down(mail_user, submission, tmp_path, bounds)
