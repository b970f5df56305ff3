"""When the quota is asked for again: not with every list of folders, but where it may have changed."""

import time
from collections.abc import Sequence

import pytest

from demo.dovecot import Dovecot
from modules.imap import changes, memory
from modules.imap.api import ImapStore
from modules.imap.lease import Lease
from modules.mail.api import MailboxName, Quota, Uid
from tests.modules.imap.conftest import Box, Boxes, numbered
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX = MailboxName("INBOX")


@pytest.fixture
def box(boxes: Boxes, mail_user: MailUser) -> Box:
    """A user with three messages, whose folders were listed."""
    box = boxes.open(mail_user)
    mail_user.append_all(*(numbered(number) for number in range(1, 4)))
    box.store().mailboxes()
    return box


def quota_of(store: ImapStore) -> Quota | None:
    """The quota as the page of a list tells it."""
    store.mailboxes()
    return store.quota()


def is_asked(box: Box, sent: list[list[bytes]]) -> bool:
    """Whether the quota is asked for with the next list of folders."""
    sent.clear()
    box.store().mailboxes()
    (turn,) = sent
    return any(b"GETQUOTAROOT" in command for command in turn)


def test_a_quota_is_told_again_without_being_asked_for(box: Box, sent: list[list[bytes]]) -> None:
    first = quota_of(box.store())
    assert first is not None and first.limit == 1024**3
    assert not is_asked(box, sent)
    assert quota_of(box.store()) == first


def test_flags_leave_the_quota_as_it_is(box: Box, sent: list[list[bytes]]) -> None:
    box.store().flag(INBOX, [Uid(1)], add=["\\Seen"])
    assert not is_asked(box, sent)
    assert not is_asked(box, sent)


def test_it_is_asked_for_after_what_this_session_did(box: Box, sent: list[list[bytes]]) -> None:
    box.store().erase(INBOX, [Uid(1)])
    assert is_asked(box, sent)
    assert not is_asked(box, sent)


def test_it_is_asked_for_after_what_another_request_was_told_meanwhile(
    box: Box, sent: list[list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    erase = changes.erase

    def slowly(lease: Lease, mailbox: MailboxName, uids: Sequence[Uid]) -> int:
        sent.clear()
        box.store().mailboxes()
        assert any(b"GETQUOTAROOT" in command for turn in sent for command in turn)
        return erase(lease, mailbox, uids)

    monkeypatch.setattr(changes, "erase", slowly)
    box.store().erase(INBOX, [Uid(1)])
    assert is_asked(box, sent)
    assert not is_asked(box, sent)


def test_it_is_asked_for_once_more_messages_were_counted(box: Box, sent: list[list[bytes]]) -> None:
    box.user.append(numbered(4))
    # With the first list nobody knows yet that a message came.
    assert not is_asked(box, sent)
    assert is_asked(box, sent)
    assert not is_asked(box, sent)


def test_it_is_asked_for_again_after_a_while(
    box: Box, sent: list[list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.monotonic() + memory.QUOTA_LASTS
    monkeypatch.setattr("modules.imap.memory.time.monotonic", lambda: later)
    assert is_asked(box, sent)
    assert not is_asked(box, sent)


def test_a_server_without_counts_in_lists_is_asked_as_rarely(
    boxes: Boxes, bare_mail_user: MailUser, sent: list[list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = boxes.open(bare_mail_user, rich=False)
    monkeypatch.setattr("modules.imap.lease.Lease.offers", lambda lease, name: name == "QUOTA")
    for expected in (True, False):
        sent.clear()
        box.store().mailboxes()
        assert any(b"GETQUOTAROOT" in command for turn in sent for command in turn) is expected


def test_another_session_asks_for_itself(dovecot: Dovecot, box: Box, sent: list[list[bytes]]) -> None:
    assert not is_asked(box, sent)
    box.pool.close_session(box.account.session)
    sent.clear()
    quota_of(box.store())
    assert any(b"GETQUOTAROOT" in command for turn in sent for command in turn)
