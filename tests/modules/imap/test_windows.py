"""Windows of lists that stay as they were: the same rows are given again, and never those of another moment."""

from datetime import UTC, datetime

import pytest

from modules.imap.errors import BadName
from modules.imap.kept import _ROWS, KeptMail, KnownRow
from modules.imap.memory import Memory
from modules.imap.names import Literal
from modules.mail.api import Envelope, MailboxName, MailboxState, MessageRow, Uid
from tests.modules.imap.conftest import Box, Boxes, numbered
from tests.servers.mail_user import MailUser

INBOX, AWAY = MailboxName("INBOX"), MailboxName("Away")
STATE = MailboxState(uidvalidity=7, uidnext=9, messages=3, unseen=1, highestmodseq=40)
LATER = MailboxState(uidvalidity=7, uidnext=9, messages=3, unseen=0, highestmodseq=41)


def row(uid: int, state: MailboxState = STATE, length: int = 300) -> KnownRow:
    shown = MessageRow(
        Uid(uid), Envelope(), frozenset(), 1, datetime(2026, 3, 1, tzinfo=UTC), "", has_attachments=False
    )
    return KnownRow(shown, state, mixed=False, texts=(b"1",), length=length)


def shown_by(box: Box, limit: int = 50) -> tuple[MessageRow, ...]:
    """The rows of one more request."""
    return box.store().rows(INBOX, 0, limit).rows


def test_a_window_is_recalled_by_its_messages_until_other_rows_are_kept() -> None:
    kept, rows = KeptMail(), [row(3), row(2)]
    kept.keep_rows(INBOX, rows)
    kept.keep_window(INBOX, STATE, [3, 2], rows)
    known = kept.window(INBOX, [3, 2])
    assert known is not None
    assert (known.state, known.shown) == (STATE, (rows[0].row, rows[1].row))
    assert kept.window(INBOX, [3]) is None
    assert kept.window(AWAY, [3, 2]) is None
    kept.keep_rows(AWAY, [])
    assert kept.window(INBOX, [3, 2]) is known
    kept.keep_rows(AWAY, [row(1)])
    assert kept.window(INBOX, [3, 2]) is None


@pytest.mark.parametrize(
    ("rows", "uids"),
    [
        pytest.param([row(3), row(2, LATER)], [3, 2], id="of-another-state"),
        pytest.param([row(3)], [3, 2], id="with-a-message-that-is-gone"),
        pytest.param([row(3), row(2, length=0)], [3, 2], id="of-which-a-header-did-not-come"),
        pytest.param([row(3), row(2, length=_ROWS // 2)], [3, 2], id="longer-than-all-that-is-kept"),
    ],
)
def test_rows_that_may_be_shown_otherwise_the_next_time_are_no_window(rows: list[KnownRow], uids: list[int]) -> None:
    kept = KeptMail()
    kept.keep_window(INBOX, STATE, uids, rows)
    assert kept.window(INBOX, uids) is None


def test_a_state_without_a_number_of_changes_is_no_reason_to_show_rows_again() -> None:
    kept, silent = KeptMail(), MailboxState(7, 9, 3, 1)
    kept.keep_window(INBOX, silent, [3], [row(3, silent)])
    assert kept.window(INBOX, [3]) is None


def test_of_many_mailboxes_the_last_four_windows_are_remembered() -> None:
    kept, names = KeptMail(), [MailboxName(f"Box {number}") for number in range(6)]
    for name in (*names, names[2]):
        kept.keep_window(name, STATE, [3], [row(3)])
    assert [kept.window(name, [3]) is not None for name in names] == [False, False, True, True, True, True]


@pytest.mark.servers
def test_an_unchanged_list_is_the_same_rows_and_a_change_by_others_is_seen(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    uids = [mail_user.append(numbered(number)) for number in (1, 2, 3)]
    assert [one.uid for one in shown_by(box)] == uids[::-1]
    # The first time a server may tell that messages are new to the connection.
    before = shown_by(box)
    assert shown_by(box) is before
    with mail_user.connection() as connection:
        connection.select("INBOX")
        connection.uid("STORE", str(uids[0]), "+FLAGS", "(\\Flagged)")
    after = shown_by(box)
    assert [one.starred for one in after] == [False, False, True]
    assert after[0] is before[0]
    settled = shown_by(box)
    assert settled == after
    assert shown_by(box) is settled
    mail_user.append(numbered(4))
    assert [one.envelope.subject for one in shown_by(box, 2)] == ["Hello 0004", "Hello 0003"]


def test_a_name_is_written_for_the_wire_once_until_its_octets_are_learned() -> None:
    memory = Memory()
    assert memory.write_name("Entwürfe", False) == (b"Entw&APw-rfe", b'"Entw&APw-rfe"')
    assert memory.write_name("Entwürfe", False)[0] is memory.write_name("Entwürfe", False)[0]
    assert isinstance(memory.write_name("Entwürfe", True)[1], Literal)
    memory.remember_name("Entwürfe", b"Entw\xfcrfe", False)
    assert memory.write_name("Entwürfe", False)[0] == b"Entw\xfcrfe"
    with pytest.raises(BadName):
        memory.write_name("a\nb", False)
    for number in range(300):
        memory.write_name(f"Box {number}", False)
    assert len(memory._written) <= 100
