"""A server whose own mailboxes all lie below INBOX and are parted by dots, and that makes none by itself."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.dovecot import Dovecot, dovecot_missing, start_dovecot
from modules.mail.api import MailboxName, Role
from tests.modules.imap.conftest import Box, Boxes
from tests.servers.mail_user import new_user
from tests.servers.needs import missing

pytestmark = pytest.mark.servers

_PREFIX = "namespace inbox {\n  prefix = INBOX.\n  separator = .\n" + "".join(
    f"  mailbox {name} {{\n    auto = no\n    special_use =\n  }}\n"
    for name in ("Drafts", "Sent", "Junk", "Trash", "Archive")
)


@pytest.fixture(scope="module")
def dotted() -> Iterator[Dovecot]:
    """A Dovecot with the personal namespace "INBOX."."""
    lack = dovecot_missing()
    if lack:
        missing(lack)
    folder = Path(tempfile.mkdtemp(prefix="hm3-mail-"))
    folder.chmod(0o755)
    server = start_dovecot(folder, extra=_PREFIX + "}\n")
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def dotted_box(dotted: Dovecot, boxes: Boxes) -> Box:
    """A fresh user's mail there."""
    return boxes.open(new_user(dotted))


def test_a_new_mailbox_goes_below_the_prefix(dotted_box: Box) -> None:
    store = dotted_box.store()
    store.create(MailboxName("Work"))
    store.create(MailboxName("INBOX.Work.Deep"))
    listed = store.mailboxes()
    assert [str(one.name) for one in listed] == ["INBOX", "INBOX.Work", "INBOX.Work.Deep"]
    assert (listed[2].leaf, listed[2].delimiter) == ("Deep", ".")


def test_a_renamed_mailbox_stays_below_the_prefix(dotted_box: Box) -> None:
    store = dotted_box.store()
    store.create(MailboxName("Work"))
    store.rename(MailboxName("INBOX.Work"), MailboxName("Play"))
    assert [str(one.name) for one in store.mailboxes() if one.subscribed] == ["INBOX.Play"]


def test_a_missing_role_is_made_only_when_asked(dotted_box: Box) -> None:
    store = dotted_box.store()
    assert store.role_mailbox(Role.SENT) is None
    assert store.role_mailbox(Role.SENT, create=True) == "INBOX.Sent"
    assert dotted_box.store().role_mailbox(Role.SENT) == "INBOX.Sent"
    assert store.role_mailbox(Role.FLAGGED, create=True) is None
    assert store.role_mailbox(Role.INBOX) == "INBOX"


def test_a_role_is_known_by_a_usual_name_in_many_languages(dotted_box: Box) -> None:
    store = dotted_box.store()
    for name in ("Gelöscht", "送信済み", "Спам"):
        store.create(MailboxName(name))
    found = [store.role_mailbox(role) for role in (Role.TRASH, Role.SENT, Role.JUNK)]
    assert found == ["INBOX.Gelöscht", "INBOX.送信済み", "INBOX.Спам"]
