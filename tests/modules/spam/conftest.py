"""A site whose options of spam a test chooses, and a filter that learns."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from demo.submission import Submission
from tests.modules.compose.desk import write_ini
from tests.modules.spam.learner import Learner, start_learner
from tests.modules.webmail import Webmail, open_webmail
from tests.servers.mail_user import MailUser

Open = Callable[..., Webmail]


@pytest.fixture
def learner() -> Iterator[Learner]:
    """A controller of rspamd."""
    with start_learner() as learner:
        yield learner


@pytest.fixture
def open_site(mail_user: MailUser, submission: Submission, tmp_path: Path) -> Iterator[Open]:
    """Opens the site with lines of [spam], and perhaps more sections, for a user who is logged in."""
    with ExitStack() as opened:

        def open_with(*lines: str, more: str = "") -> Webmail:
            ini = write_ini(mail_user, submission, tmp_path)
            options = "\n".join(lines)
            ini.write_text(f"{ini.read_text()}\n[spam]\n{options}\n{more}\n")
            webmail = opened.enter_context(open_webmail(ini))
            webmail.log_in(mail_user.name, mail_user.password)
            return webmail

        yield open_with
