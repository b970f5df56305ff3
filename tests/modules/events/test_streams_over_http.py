"""Streams of events over real connections, with a real mail server: what tabs are told, and when streams end."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.dovecot import Dovecot
from demo.submission import Submission
from tests.modules.compose.desk import write_ini
from tests.modules.events.streams import Browser, connections, serving, until
from tests.modules.mail.letters import plain
from tests.servers.mail_user import MailUser, new_user

pytestmark = pytest.mark.servers

Visit = Callable[[], Browser]

# Four threads serve all pages, and more tabs listen than that.
SETTINGS = """
[rates]
general = 10000 per minute
login = 1000 per minute
[session]
idle = 10 minutes
[events]
streams = 12
streams_per_user = 8
connections = 3
heartbeat = 1 second
"""


@pytest.fixture(scope="module")
def visit(dovecot: Dovecot, submission: Submission, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """A site for all tests of this file; each asks for browsers of its own."""
    folder = tmp_path_factory.mktemp("events")
    owner = new_user(dovecot)
    ini = write_ini(owner, submission, folder)
    ini.write_text(ini.read_text().replace("[app]", "[app]\nthreads = 4") + SETTINGS)
    with serving(ini) as visit:
        yield visit


def test_a_delivery_is_told_within_two_seconds(visit: Visit, mail_user: MailUser) -> None:
    stream = visit().log_in(mail_user).stream()
    stream.until("live")
    first = stream.until("changed")
    began = time.monotonic()
    mail_user.append(plain("News"))
    second = stream.until("changed")
    assert time.monotonic() - began < 2
    assert first["id"] != second["id"]
    stream.close()
