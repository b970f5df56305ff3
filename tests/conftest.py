"""What every test may ask for: real mail servers of this worker, fresh users on them, and a browser."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from core.cli.build import BuildFailed, build_site
from core.output.assets import BUILT
from demo.delivery import LmtpDelivery
from demo.dovecot import Dovecot, dovecot_missing, start_dovecot
from demo.pymap_server import PymapServer, pymap_missing, start_pymap
from demo.submission import Submission, start_submission
from tests.options import (
    browser_driver,
    browser_missing,
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_terminal_summary,
    without_window,
)
from tests.servers.mail_user import MailUser, new_user
from tests.servers.needs import missing
from tests.servers.postfix import Postfix, postfix_missing, start_postfix
from tests.servers.redis import RedisServer, redis_missing, running_redis
from tests.shortcuts import take_shortcuts

__all__ = ["pytest_addoption", "pytest_collection_modifyitems", "pytest_configure", "pytest_terminal_summary"]

take_shortcuts()

# Where it says how many seconds of the clock a program that reads strangers' octets may take.
_CLOCKS = (
    ("modules.attachments.containers", "LONGEST"),
    ("modules.images.drawing", "LONGEST"),
    ("modules.invitations.reading", "LONGEST"),
    ("modules.mail.html.trying", "_SECONDS"),
    ("modules.tnef.unpacking", "LONGEST"),
)


@pytest.fixture(autouse=True)
def patient_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let programs apart wait for a processor as long as it takes; how much of it they use stays bounded."""
    for name, seconds in _CLOCKS:
        if name in sys.modules:
            monkeypatch.setattr(f"{name}.{seconds}", 120.0)


@pytest.fixture(scope="session")
def front_end() -> Path:
    """The folder of the built front end; it is built now where it is missing or older than its sources."""
    try:
        build_site(say=lambda words: None)
    except BuildFailed as error:
        if not shutil.which("node"):
            missing(str(error))
        raise
    return BUILT


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A Dovecot with everything it can do, shared by one worker's tests."""
    yield from _running_dovecot(None)


@pytest.fixture(scope="session")
def bare_dovecot() -> Iterator[Dovecot]:
    """A Dovecot that says it is a plain IMAP4rev1 server."""
    yield from _running_dovecot("IMAP4rev1")


@pytest.fixture
def mail_user(dovecot: Dovecot) -> Iterator[MailUser]:
    """A fresh user with an empty mailbox on `dovecot`."""
    yield from _temporary_user(dovecot)


@pytest.fixture
def bare_mail_user(bare_dovecot: Dovecot) -> Iterator[MailUser]:
    """A fresh user with an empty mailbox on `bare_dovecot`."""
    yield from _temporary_user(bare_dovecot)


@pytest.fixture(scope="session")
def submission(dovecot: Dovecot) -> Iterator[Submission]:
    """A submission server for the users of `dovecot`; it can be told to fail."""
    server = start_submission(dovecot.certificates, lambda: dovecot.passwords, LmtpDelivery(dovecot.lmtp_port))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    """A Postfix for the users of `dovecot`."""
    lack = postfix_missing()
    if lack:
        missing(lack)
    server = start_postfix(dovecot)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def pymap() -> Iterator[PymapServer]:
    """The pure-Python IMAP server with the one user demo@example.test, password "demo"."""
    lack = pymap_missing()
    if lack:
        missing(lack)
    server = start_pymap("demo@example.test", "demo")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_of_worker() -> Iterator[RedisServer]:
    """A Redis for the tests of one worker."""
    lack = redis_missing()
    if lack:
        missing(lack)
    with running_redis() as server:
        yield server


@pytest.fixture
def redis_server(redis_of_worker: RedisServer) -> Iterator[RedisServer]:
    """A Redis that runs and holds nothing."""
    if not redis_of_worker.child.running:
        redis_of_worker.start()
    redis_of_worker.empty()
    yield redis_of_worker


@pytest.fixture
def chrome_options(chrome_options: Options) -> Options:
    """Chromium without a window, with the pages' console kept for the test to read."""
    return without_window(chrome_options)


@pytest.fixture
def chrome_service(driver_log: str) -> Service:
    """The system's driver of Chromium; the asking test is skipped where there is none."""
    lack = browser_missing()
    if lack:
        missing(lack)
    return browser_driver(driver_log)


def _running_dovecot(capability: str | None) -> Iterator[Dovecot]:
    lack = dovecot_missing()
    if lack:
        missing(lack)
    # Not pytest's own folder: a Dovecot started by root runs as nobody, who must reach its mail.
    folder = Path(tempfile.mkdtemp(prefix="hm3-mail-"))
    folder.chmod(0o755)
    server = start_dovecot(folder, capability=capability)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _temporary_user(dovecot: Dovecot) -> Iterator[MailUser]:
    user = new_user(dovecot)
    yield user
    if user.name in dovecot.passwords:
        dovecot.forget_user(user.name)
