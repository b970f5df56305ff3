"""What a request takes from earlier ones of its session, and how much it asks the mail server for."""

import pytest

from core import Conflict, NotFound
from modules.imap import memory
from modules.imap.api import ConnectionPool, ImapStore
from modules.mail.api import MailboxName, PartNumber, Role, Uid
from tests.modules.imap.conftest import Box, Boxes, account_of, numbered
from tests.modules.imap.test_kept import asked_by
from tests.modules.turns import note_turns
from tests.servers.mail_user import MailUser

INBOX, AWAY = MailboxName("INBOX"), MailboxName("Away")

pytestmark = pytest.mark.servers


@pytest.fixture
def box(boxes: Boxes, mail_user: MailUser) -> Box:
    """A user with three messages, whose list was looked at."""
    box = boxes.open(mail_user)
    for number in (1, 2, 3):
        mail_user.append(numbered(number))
    mail_user.create("Away")
    store = box.store()
    store.mailboxes()
    store.rows(INBOX, 0, 50)
    return box


def test_a_flag_is_sent_with_the_question_for_news(box: Box) -> None:
    before = asked_by(box)
    assert box.store().flag(INBOX, [Uid(1)], add=["\\Flagged"]) == box.store().state(INBOX).uidvalidity
    assert asked_by(box) - before == 2 + 2  # NOOP and STORE, and NOOP and STATUS of the other request
    assert box.user.flags(1) == {"\\Flagged"}


def test_names_and_uses_of_folders_are_recalled_without_a_question(box: Box) -> None:
    before = asked_by(box)
    assert AWAY in {one.name for one in box.store().recall_mailboxes()}
    assert asked_by(box) == before


def test_folders_are_listed_anew_where_the_user_gave_them_other_uses(box: Box) -> None:
    recalled = {one.name: one.role for one in box.store({Role.ARCHIVE: AWAY}).recall_mailboxes()}
    assert recalled[AWAY] is Role.ARCHIVE


def test_folders_that_a_request_has_listed_are_recalled_as_they_are_now(box: Box) -> None:
    box.user.create("New")
    store = box.store()
    store.mailboxes()
    assert MailboxName("New") in {one.name for one in store.recall_mailboxes()}


def test_folders_whose_counts_stay_the_same_are_the_same_objects(box: Box) -> None:
    before = {one.name: one for one in box.store().mailboxes()}
    box.user.append(numbered(4))
    after = {one.name: one for one in box.store().mailboxes()}
    assert after[AWAY] is before[AWAY]
    assert (after[INBOX].messages, before[INBOX].messages) == (4, 3)


def test_counts_are_recalled_also_after_folders_were_listed_without_them(box: Box) -> None:
    before = {one.name: one for one in box.store().recall_mailboxes()}
    assert box.store().role_mailbox(Role.TRASH) is not None
    assert {one.name: one.messages for one in box.store().recall_mailboxes()}[INBOX] == 3
    assert all(one is before[one.name] for one in box.store().mailboxes())


def test_a_message_brings_the_state_of_its_folder(box: Box) -> None:
    store = box.store()
    store.message(INBOX, Uid(2), with_state=True)
    before = asked_by(box)
    assert store.state(INBOX).messages == 3
    assert asked_by(box) == before


def test_a_message_that_was_just_shown_is_recalled_with_its_text(box: Box) -> None:
    store = box.store()
    shown, part = store.message(INBOX, Uid(2)), PartNumber("1")
    text = store.part(INBOX, Uid(2), part, most=1000)
    before = asked_by(box)
    later = box.store()
    assert later.recall_message(INBOX, Uid(2)) == shown
    assert later.part(INBOX, Uid(2), part, most=1000) == text
    assert asked_by(box) == before


def test_a_message_that_was_shown_a_while_ago_is_asked_for(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    box.store().message(INBOX, Uid(2))
    with box.user.connection() as program:
        program.select("INBOX")
        program.uid("STORE", "2", "+FLAGS", "(\\Deleted)")
        program.expunge()
    monkeypatch.setattr(memory, "_JUST_NOW", 0.0)
    with pytest.raises(NotFound):
        box.store().recall_message(INBOX, Uid(2))


def test_a_message_that_this_session_moved_away_is_not_recalled(box: Box) -> None:
    box.store().message(INBOX, Uid(2))
    box.store().move(INBOX, [Uid(2)], AWAY)
    with pytest.raises(NotFound):
        box.store().recall_message(INBOX, Uid(2))


def test_a_message_that_was_never_shown_is_not_recalled(box: Box) -> None:
    assert box.store().recall_message(INBOX, Uid(1)).uid == 1
    with pytest.raises(NotFound):
        box.store().recall_message(INBOX, Uid(77))


def test_only_the_latest_messages_are_remembered_as_shown() -> None:
    remembered = memory.Memory()
    for uid in range(1, 31):
        remembered.remember_met(INBOX, 1, Uid(uid))
    assert (remembered.met(INBOX, Uid(10)), remembered.met(INBOX, Uid(11))) == (None, 1)


def test_what_is_meant_for_another_folder_of_that_name_is_refused(box: Box) -> None:
    store = box.store()
    store.expect(INBOX, box.store().state(INBOX).uidvalidity + 1)
    with pytest.raises(Conflict, match="made anew"):
        store.flag(INBOX, [Uid(1)], add=["\\Flagged"])
    assert box.user.flags(1) == set()


def test_the_row_of_new_mail_is_fetched_once_with_its_arrival(box: Box) -> None:
    box.user.append(numbered(4))
    before = asked_by(box)
    assert [row.uid for row in box.store().rows(INBOX, 0, 50).rows] == [4, 3, 2, 1]
    # NOOP and STATUS, STATUS again for the news, the new row, and the flags of the others.
    assert asked_by(box) - before == 5


def test_a_connection_that_has_just_told_its_news_is_not_asked_for_them_again(mail_user: MailUser) -> None:
    now = [0.0]
    pool = ConnectionPool(clock=lambda: now[0])
    try:
        box = Box(mail_user, pool, account_of(mail_user), rich=True)
        uid = Uid(mail_user.append(numbered(1)))
        mail_user.create("Away")
        box.store().rows(INBOX, 0, 50)
        now[0] = 5.0
        before = asked_by(box)
        assert ImapStore(pool, box.account).move(INBOX, [uid], AWAY).count == 1
        assert asked_by(box) - before == 2  # NOOP and MOVE
    finally:
        pool.close()


def test_rows_of_a_folder_as_it_was_come_in_one_round_trip_with_its_state(
    boxes: Boxes, mail_user: MailUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = boxes.open(mail_user)
    mail_user.append_all(*(numbered(number) for number in range(1, 7)))
    box.store().rows(INBOX, 0, 3)
    turns = note_turns(monkeypatch)
    assert [row.uid for row in box.store().rows(INBOX, 3, 3).rows] == [3, 2, 1]
    assert [len(turn) for turn in turns] == [3]  # NOOP, STATUS and FETCH


def test_rows_that_were_fetched_ahead_are_those_of_the_folder_as_it_is(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    mail_user.append_all(*(numbered(number) for number in range(1, 7)))
    box.store().rows(INBOX, 0, 3)
    mail_user.append(numbered(7))
    with mail_user.connection() as program:
        program.select("INBOX")
        program.uid("STORE", "2,4", "+FLAGS", "(\\Deleted)")
        program.uid("STORE", "3", "+FLAGS", "(\\Flagged)")
        program.expunge()
    shown = box.store().rows(INBOX, 2, 3).rows
    assert [(row.uid, row.starred) for row in shown] == [(5, False), (3, True), (1, False)]
