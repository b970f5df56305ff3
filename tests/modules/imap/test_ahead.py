"""What lists ask for ahead: in how many round trips, and that it is what the whole mailbox would have told."""

import imaplib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from core import NotFound
from modules.imap import ahead, memory
from modules.imap.api import ConnectionPool, ImapStore
from modules.mail.api import MailboxName, Order, Query, Rows, Uid
from tests.modules.imap.conftest import Box, Boxes, numbered
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

INBOX, PLACE = MailboxName("INBOX"), MailboxName("Place")
DAY = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def box(boxes: Boxes, mail_user: MailUser) -> Box:
    """A user with ten messages, connected and logged in."""
    box = boxes.open(mail_user)
    mail_user.append_all(*(numbered(number) for number in range(1, 11)))
    return box


def shown(store: ImapStore, start: int = 0, limit: int = 4, query: Query | None = None) -> list[int]:
    """The UIDs of a page with the folders beside it."""
    store.foresee(INBOX, start, limit, Order.NEWEST, query)
    store.mailboxes()
    return [row.uid for row in store.rows(INBOX, start, limit, Order.NEWEST, query).rows]


def log_in_anew(box: Box, sent: list[list[bytes]]) -> ImapStore:
    """The store of a session that has only a connection."""
    box.pool.close_session(box.account.session)
    store = box.store()
    store.quota()
    sent.clear()
    return store


def test_the_first_page_of_all_takes_two_round_trips_after_the_log_in(box: Box, sent: list[list[bytes]]) -> None:
    assert shown(log_in_anew(box, sent)) == [10, 9, 8, 7]
    assert len(sent) == 2  # the folders, SELECT, STATUS and SORT; and FETCH


def test_a_list_that_stayed_as_it_was_is_known_with_the_folders(box: Box, sent: list[list[bytes]]) -> None:
    for _ in range(3):
        shown(box.store())
    store = box.store()
    store.foresee(INBOX, 0, 4)
    store.mailboxes()
    box.pool.close_session(box.account.session)
    sent.clear()
    assert [row.uid for row in store.rows(INBOX, 0, 4).rows] == [10, 9, 8, 7]
    # Not even a connection was needed for that; for what was not heard of one is.
    assert sent == []
    assert [row.uid for row in store.rows(INBOX, 4, 4).rows] == [6, 5, 4, 3]
    assert sent != []


def test_a_list_is_read_anew_after_what_was_done_in_the_same_request(box: Box) -> None:
    for _ in range(3):
        shown(box.store())
    store = box.store()
    assert shown(store) == [10, 9, 8, 7]
    store.erase(INBOX, [Uid(9)])
    assert [row.uid for row in store.rows(INBOX, 0, 4).rows] == [10, 8, 7, 6]


def test_the_first_page_after_a_later_log_in_takes_one_round_trip(box: Box, sent: list[list[bytes]]) -> None:
    shown(box.store())
    assert shown(log_in_anew(box, sent)) == [10, 9, 8, 7]
    assert len(sent) == 1
    assert not any(b"SORT" in command for command in sent[0])


def test_a_page_that_was_not_seen_comes_with_the_folders_beside_it(box: Box, sent: list[list[bytes]]) -> None:
    shown(box.store())
    sent.clear()
    assert shown(box.store(), start=4) == [6, 5, 4, 3]
    assert len(sent) == 1


def test_new_mail_and_changed_flags_come_together_once_they_were_heard_of(box: Box, sent: list[list[bytes]]) -> None:
    shown(box.store())
    with box.user.connection() as program:
        program.select("INBOX")
        program.uid("STORE", "9", "+FLAGS", "(\\Flagged)")
    box.user.append(numbered(11))
    sent.clear()
    rows = box.store().rows(INBOX, 0, 4).rows
    assert [(row.uid, row.starred) for row in rows] == [(11, False), (10, False), (9, True), (8, False)]
    assert len(sent) == 2


def test_a_search_by_what_servers_index_goes_with_the_question_for_news(box: Box, sent: list[list[bytes]]) -> None:
    shown(box.store())
    sent.clear()
    assert shown(box.store(), query=Query(subject="Hello 0001")) == [1]
    assert len(sent) == 2
    sent.clear()
    assert shown(box.store(), query=Query(words=("Hi 2",))) == [2]
    assert [any(b"SORT" in command for command in turn) for turn in sent] == [False, True, False]


@pytest.mark.parametrize("query", [Query(subject="Hello"), Query(words=("Hi",)), Query(flagged=False)])
def test_flags_that_changed_meanwhile_are_those_of_a_search_and_of_the_list_after_it(box: Box, query: Query) -> None:
    assert shown(box.store(), query=query) == [10, 9, 8, 7]
    with box.user.connection() as program:
        program.select("INBOX")
        program.uid("STORE", "9", "+FLAGS", "(\\Seen)")
    for wanted in (query, None):
        store = box.store()
        shown(store, query=wanted)
        rows = store.rows(INBOX, 0, 4, Order.NEWEST, wanted).rows
        assert [(row.uid, row.seen) for row in rows] == [(10, False), (9, True), (8, False), (7, False)]


def test_flags_that_changed_are_known_also_where_rows_came_with_them(box: Box, sent: list[list[bytes]]) -> None:
    shown(box.store())
    with box.user.connection() as program:
        program.select("INBOX")
        program.uid("STORE", "8", "+FLAGS", "(\\Seen)")
    sent.clear()
    store = box.store()
    assert shown(store, limit=6) == [10, 9, 8, 7, 6, 5]
    assert [row.uid for row in store.rows(INBOX, 0, 6).rows if row.seen] == [8]
    assert next(one.unseen for one in store.mailboxes() if one.name == INBOX) == 9
    assert len(sent) == 2


@pytest.mark.parametrize("there", [True, False])
def test_the_counts_of_a_folder_that_is_left_are_those_of_now(box: Box, sent: list[list[bytes]], there: bool) -> None:
    """The server does not tell by itself what others did to what is selected: what is selected now, it knows."""
    if there:
        box.user.create("Place")
    shown(box.store())
    with box.user.connection() as program:
        program.select("INBOX")
        program.uid("STORE", "8:9", "+FLAGS", "(\\Seen)")
    sent.clear()
    store = box.store()
    store.foresee(PLACE, 0, 4)
    assert next(one.unseen for one in store.mailboxes() if one.name == INBOX) == 8
    assert len(sent) == 1


def test_a_folder_that_is_gone_hides_no_other(box: Box) -> None:
    store = box.store()
    store.foresee(MailboxName("Nowhere"), 0, 4)
    assert INBOX in {one.name for one in store.mailboxes()}
    with pytest.raises(NotFound):
        store.rows(MailboxName("Nowhere"), 0, 4)


def test_what_was_remembered_of_a_folder_made_anew_is_not_shown(box: Box, sent: list[list[bytes]]) -> None:
    box.user.create("Place")
    box.user.append_all(*(numbered(number) for number in range(3)), mailbox="Place")
    assert [row.uid for row in box.store().rows(PLACE, 0, 2).rows] == [3, 2]
    box.user.run("DELETE", "Place")
    box.user.create("Place")
    box.user.append(numbered(7), "Place")
    assert [row.envelope.subject for row in log_in_anew(box, sent).rows(PLACE, 0, 2).rows] == ["Hello 0007"]


def test_a_folder_made_anew_has_an_order_of_its_own(box: Box, sent: list[list[bytes]]) -> None:
    def make(days: Sequence[int]) -> list[int]:
        box.user.create("Place")
        for day in days:
            box.user.append(numbered(day), "Place", received=DAY + timedelta(days=day))
        return [row.uid for row in log_in_anew(box, sent).rows(PLACE, 0, 3).rows]

    assert make((1, 2, 3)) == [3, 2, 1]
    box.user.run("DELETE", "Place")
    # The UIDs are the same, and it is the oldest now that came last.
    assert make((3, 2, 1)) == [1, 2, 3]


def test_a_page_beyond_what_was_remembered_is_sorted(
    box: Box, sent: list[list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST_UIDS", 5)
    shown(box.store())
    store = log_in_anew(box, sent)
    assert shown(store) == [10, 9, 8, 7]
    assert store.neighbours(INBOX, Uid(9)) == (10, 8, 1, 10)
    assert not any(b"SORT" in command for turn in sent for command in turn)
    assert store.neighbours(INBOX, Uid(6)) == (7, 5, 4, 10)
    assert shown(box.store(), start=4) == [6, 5, 4, 3]
    assert shown(box.store(), start=99) == [4, 3, 2, 1]


def test_the_neighbours_of_a_message_that_is_opened_first_are_found_without_sorting(
    box: Box, sent: list[list[bytes]]
) -> None:
    shown(box.store())
    box.user.append(numbered(11))
    store = log_in_anew(box, sent)
    assert store.message(INBOX, Uid(10), with_state=True).uid == 10
    assert store.neighbours(INBOX, Uid(10)) == (11, 9, 1, 11)
    assert not any(b"SORT" in command for turn in sent for command in turn)
    box.user.append(numbered(12))
    assert log_in_anew(box, sent).neighbours(INBOX, Uid(12)) == (None, 11, 0, 12)


def test_sets_that_are_scattered_beyond_measure_are_not_sent(
    box: Box, sent: list[list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_LONGEST_SET", 2)
    shown(box.store())
    assert shown(log_in_anew(box, sent)) == [10, 9, 8, 7]
    assert any(b"SORT" in command for turn in sent for command in turn)


@dataclass
class Others:
    """Another program that adds, moves, copies and erases messages in two folders, by chance."""

    user: MailUser
    program: imaplib.IMAP4
    chance: random.Random

    def come(self, most: int = 3) -> None:
        """Store some messages, of any age and often of the same second."""
        for number in range(self.chance.randrange(most + 1)):
            days, seconds = self.chance.choice((0, 1, 2, 2, 3)), self.chance.choice((0, 0, 1))
            received = DAY + timedelta(days=days, seconds=seconds)
            self.user.append(numbered(number), self.chance.choice(("INBOX", "INBOX", "Place")), received=received)

    def change(self) -> None:
        """Move, copy and erase some."""
        source, target = self.chance.choice((("INBOX", "Place"), ("Place", "INBOX")))
        self.program.select(source)
        uids = self.program.uid("SEARCH", "ALL")[1][0].decode().split()
        for uid in self.chance.sample(uids, min(len(uids), self.chance.randrange(3))):
            self.program.uid(self.chance.choice(("COPY", "MOVE", "MOVE")), uid, target)
        if uids and self.chance.random() < 0.5:
            self.program.uid("STORE", self.chance.choice(uids[-4:]), "+FLAGS", "(\\Deleted)")
            self.program.expunge()


def check_pages(box: Box, whole: Rows, mailbox: MailboxName, starts: Sequence[int]) -> None:
    """Pages, and the neighbours of messages, are those of the whole list."""
    for start in starts:
        found = box.store().rows(mailbox, start, 3)
        first = start if start < whole.total else max(0, whole.total - 3)
        assert (found.rows, found.total) == (whole.rows[first : first + 3], whole.total)
    for above, row, below in zip(whole.rows, whole.rows[1:8], whole.rows[2:], strict=False):
        assert box.store().neighbours(mailbox, row.uid)[:2] == (above.uid, below.uid)


@pytest.mark.parametrize("seed", range(8))
def test_how_a_list_begins_is_what_sorting_all_of_it_tells(
    boxes: Boxes, mail_user: MailUser, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Messages of any age and of the same second come, go, are moved and copied between one log-in and the next."""
    monkeypatch.setattr(memory, "MOST_UIDS", 8)
    box, chance = boxes.open(mail_user), random.Random(seed)
    mail_user.create("Place")
    with mail_user.connection() as program:
        others = Others(mail_user, program, chance)
        others.come(50)
        for _ in range(6):
            for step in chance.choices((others.come, others.change), k=chance.randrange(4)):
                step()
            starts = chance.choice(((), (0, 2, 5), (0, 2, 5)))
            fresh = ConnectionPool()
            try:
                for mailbox in (INBOX, PLACE):
                    check_pages(box, ImapStore(fresh, box.account).rows(mailbox, 0, 100), mailbox, starts)
            finally:
                fresh.close()
            if chance.random() < 0.7:
                box.pool.close_session(box.account.session)
