"""What every test may ask for: real mail servers of this worker and fresh users on them."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.dovecot import Dovecot, dovecot_missing, start_dovecot
from tests.servers.mail_user import MailUser, new_user
from tests.servers.needs import missing


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
