"""Message lists by IMAP: windows, orders, searches, neighbours, conversations; on a rich and on a bare server."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core import NotFound
from modules.imap import threads
from modules.imap.errors import BadName
from modules.imap.store import ImapStore
from modules.mail.api import MailboxName, Order, Query, Uid
from tests.modules.imap.conftest import Box

pytestmark = pytest.mark.servers

INBOX = MailboxName("INBOX")
Fill = Callable[[int], list[int]]


def subjects(store: ImapStore, start: int, limit: int, order: Order = Order.NEWEST, query: Query | None = None) -> str:
    return " ".join(row.envelope.subject[-1] for row in store.rows(INBOX, start, limit, order, query).rows)


def test_the_newest_messages_come_first(store: ImapStore, fill: Fill) -> None:
    fill(5)
    assert subjects(store, 0, 3) == "5 4 3"


def test_the_oldest_messages_come_first_when_asked(store: ImapStore, fill: Fill) -> None:
    fill(5)
    assert subjects(store, 1, 3, Order.OLDEST) == "2 3 4"


def test_a_window_knows_its_place(store: ImapStore, fill: Fill) -> None:
    fill(5)
    rows = store.rows(INBOX, 3, 3)
    assert (rows.start, rows.total, len(rows.rows), rows.state.messages) == (3, 5, 2, 5)


def test_a_start_beyond_the_end_gives_the_last_full_window(store: ImapStore, fill: Fill) -> None:
    fill(5)
    rows = store.rows(INBOX, 99, 2)
    assert (rows.start, [row.envelope.subject[-1] for row in rows.rows]) == (3, ["2", "1"])


def test_an_empty_mailbox_has_no_rows(store: ImapStore) -> None:
    rows = store.rows(INBOX, 0, 50)
    assert (rows.rows, rows.start, rows.total) == ((), 0, 0)


def test_two_thousand_messages_are_paged_one_by_one(box: Box, store: ImapStore) -> None:
    with box.user.connection() as connection:
        batch = b"Subject: many\r\n\r\nx\r\n"
        for _ in range(500):
            connection.append("INBOX", "", "", batch)
        connection.select("INBOX")
        for _ in range(2):
            connection.copy("1:*", "INBOX")
            connection.noop()
    seen = [row.uid for start in range(0, 2000, 200) for row in store.rows(INBOX, start, 200).rows]
    assert seen == [row.uid for row in store.rows(INBOX, 0, 2000).rows]
    assert sorted(seen) == box.user.uids()


@pytest.mark.parametrize(
    ("order", "expected"), [(Order.SENDER, "3 1 2"), (Order.SUBJECT, "2 1 3"), (Order.LARGEST, "2 3 1")]
)
def test_other_orders_work_with_and_without_sort(box: Box, store: ImapStore, order: Order, expected: str) -> None:
    box.user.append("From: m@example.org\nSubject: Re: b\n\n1")
    box.user.append("From: z@example.org\nSubject: a\n\n" + "2" * 500)
    box.user.append("From: a@example.org\nSubject: c\n\n" + "3" * 200)
    first = box.user.uids()[0]
    rows = store.rows(INBOX, 0, 10, order)
    assert " ".join(str(row.uid - first + 1) for row in rows.rows) == expected
    assert rows.sorted_as_asked


def test_a_new_message_shows_in_a_list_that_was_open(box: Box, fill: Fill) -> None:
    fill(2)
    assert subjects(box.store(), 0, 9) == "2 1"
    box.user.append("Subject: 3\n\nnew")
    assert subjects(box.store(), 0, 9) == "3 2 1"


def test_a_message_erased_elsewhere_leaves_the_list(box: Box, fill: Fill) -> None:
    fill(3)
    assert box.store().rows(INBOX, 0, 9).total == 3
    with box.user.connection() as connection:
        connection.select("INBOX")
        connection.store("2", "+FLAGS", "\\Deleted")
        connection.expunge()
    assert subjects(box.store(), 0, 9) == "3 1"


def test_a_row_tells_flags_size_time_and_envelope(box: Box, store: ImapStore) -> None:
    received = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    box.user.append("From: Ann <a@example.org>\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\nx", "INBOX", "\\Seen", received)
    row = store.rows(INBOX, 0, 1).rows[0]
    assert (row.seen, row.received, row.envelope.subject, row.envelope.sender[0].name) == (
        True,
        received,
        "Grüße",
        "Ann",
    )
    assert row.size > 50


def test_a_row_shows_a_preview_where_the_server_makes_one(box: Box, store: ImapStore) -> None:
    box.user.append("Subject: a\nContent-Type: text/plain\n\nThe first words.\n")
    assert store.rows(INBOX, 0, 1).rows[0].preview == ("The first words." if box.rich else "")


def test_a_row_shows_no_preview_of_what_is_written_for_programs(box: Box, store: ImapStore) -> None:
    for kind, name in (("calendar", "VCALENDAR"), ("vcard", "VCARD")):
        box.user.append(f"Subject: a\nContent-Type: text/{kind}\n\nBEGIN:{name}\nVERSION:2.0\nEND:{name}\n")
    assert [row.preview for row in store.rows(INBOX, 0, 2).rows] == ["", ""]


def test_attachments_are_told_by_the_content_type_or_by_keywords(box: Box, store: ImapStore) -> None:
    mixed = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n"
    box.user.append("Subject: plain\n\nx")
    box.user.append(mixed)
    box.user.append("Subject: marked\n\nx", flags="$HasAttachment")
    box.user.append(mixed, flags="$HasNoAttachment")
    assert [row.has_attachments for row in store.rows(INBOX, 0, 9).rows] == [False, True, True, False]
    query = Query(has_attachments=True)
    assert len(store.uids(INBOX, query)) == 2
    assert len(store.uids(INBOX, Query(has_attachments=False))) == 2


def test_a_hostile_header_does_not_swell_a_list(box: Box, store: ImapStore) -> None:
    box.user.append(b"Subject: " + b"x" * 500_000 + b"\r\n\r\nbody")
    assert len(store.rows(INBOX, 0, 1).rows[0].envelope.subject) < 40_000


def test_rows_of_keeps_the_given_order_and_leaves_out_what_vanished(store: ImapStore, fill: Fill) -> None:
    one, two, three = (Uid(uid) for uid in fill(3))
    found = store.rows_of(INBOX, [three, Uid(99_999), one])
    assert [row.uid for row in found.rows] == [three, one]
    assert two not in [row.uid for row in found.rows]


def test_neighbours_are_the_rows_above_and_below(store: ImapStore, fill: Fill) -> None:
    one, two, three = (Uid(uid) for uid in fill(3))
    assert store.neighbours(INBOX, two) == (three, one, 1, 3)
    assert store.neighbours(INBOX, three) == (None, two, 0, 3)
    assert store.neighbours(INBOX, one, Order.OLDEST) == (None, two, 0, 3)


def test_neighbours_in_a_search_are_those_found(store: ImapStore, fill: Fill) -> None:
    uids = fill(12)
    found = store.neighbours(INBOX, Uid(uids[10]), Order.NEWEST, Query(subject="Hello 001"))
    assert found == (Uid(uids[11]), Uid(uids[9]), 1, 3)


def test_a_vanished_message_has_no_neighbours(store: ImapStore, fill: Fill) -> None:
    fill(1)
    assert store.neighbours(INBOX, Uid(99_999)) == (None, None, None, None)
    assert store.neighbours(INBOX, Uid(99_999), Order.NEWEST, Query(words=("Hi",))) == (None, None, None, None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(words=("needle", "hay")), "1"),
        (Query(words=("Größe",)), "2"),
        (Query(sender="ann"), "1"),
        (Query(to="carol"), "2"),
        (Query(subject='quo"te'), "3"),
        (Query(body="needle"), "1"),
        (Query(larger=1000), "3"),
        (Query(smaller=1000), "1 2"),
        (Query(seen=True), "2"),
        (Query(seen=False), "1 3"),
        (Query(flagged=True), "3"),
        (Query(answered=False, flagged=False), "1 2"),
        (Query(keyword="$label1"), "1"),
        (Query(after=datetime(2026, 2, 1, tzinfo=UTC)), "2 3"),
        (Query(before=datetime(2026, 2, 1, tzinfo=UTC)), "1"),
        (Query(words=("nowhere",)), ""),
        (Query(subject="a\r\nX1 LOGOUT"), ""),
        (Query(words=("\0",)), "1 2 3"),
        (Query(), "1 2 3"),
    ],
)
def test_a_search_finds_what_matches(box: Box, store: ImapStore, query: Query, expected: str) -> None:
    at = [datetime(2026, month, 10, 12, tzinfo=UTC) for month in (1, 2, 3)]
    one = box.user.append("From: Ann <ann@example.org>\nSubject: 1\n\nneedle in hay", "INBOX", "$label1", at[0])
    text = "Cc: carol@example.org\nContent-Type: text/plain; charset=utf-8\nSubject: 2\n\nGröße"
    box.user.append(text, "INBOX", "\\Seen", at[1])
    box.user.append('Subject: quo"te\n\n' + "x" * 1500, "INBOX", "\\Flagged", at[2])
    assert " ".join(str(uid - one + 1) for uid in store.uids(INBOX, query)) == expected
    found = {row.uid for row in store.rows(INBOX, 0, 9, Order.NEWEST, query).rows}
    assert found == set(store.uids(INBOX, query))


def test_days_are_those_of_the_reader_where_the_server_counts_seconds(box: Box, store: ImapStore) -> None:
    zone = timezone(timedelta(hours=13))
    midnight = datetime(2026, 2, 1, tzinfo=zone)
    before, after = (
        Uid(box.user.append("Subject: x\n\nx", received=midnight + timedelta(hours=hours))) for hours in (-1, 1)
    )
    exact = box.rich
    assert store.uids(INBOX, Query(after=midnight)) == ((after,) if exact else ())
    assert store.uids(INBOX, Query(before=midnight)) == ((before,) if exact else (before, after))
    rows = store.rows(INBOX, 0, 9, Order.NEWEST, Query(after=midnight)).rows
    assert [row.uid for row in rows] == ([after] if exact else [])
    # Of days to come servers are asked by their names.
    assert store.uids(INBOX, Query(after=datetime(2200, 1, 1, tzinfo=zone))) == ()


def test_a_label_that_cannot_be_one_is_refused(store: ImapStore) -> None:
    with pytest.raises(BadName):
        store.uids(INBOX, Query(keyword="a b\r\nX LOGOUT"))


def test_a_search_by_flags_follows_the_flags(box: Box, fill: Fill) -> None:
    uids = fill(2)
    assert box.store().rows(INBOX, 0, 9, Order.NEWEST, Query(seen=False)).total == 2
    box.store().flag(INBOX, [Uid(uids[0])], add=["\\Seen"])
    assert box.store().rows(INBOX, 0, 9, Order.NEWEST, Query(seen=False)).total == 1


def test_a_conversation_is_found_from_any_of_its_messages(box: Box, store: ImapStore) -> None:
    first = box.user.append("Message-ID: <first-1@x.test>\nSubject: a\n\n1")
    box.user.append("Message-ID: <other-1@x.test>\nSubject: z\n\n2")
    second = box.user.append(
        "Message-ID: <second-1@x.test>\nIn-Reply-To: <first-1@x.test>\nReferences: <first-1@x.test>\nSubject: Re: a\n\n"
    )
    third = box.user.append(
        "Message-ID: <third-1@x.test>\nReferences: <first-1@x.test> <second-1@x.test>\nSubject: Re: a\n\n4"
    )
    assert [store.conversation(INBOX, Uid(uid)) for uid in (first, second, third)] == [(first, second, third)] * 3


@pytest.mark.parametrize("anew", [0, 5000])
def test_a_conversation_that_was_found_before_follows_what_comes_and_goes(
    box: Box, store: ImapStore, monkeypatch: pytest.MonkeyPatch, anew: int
) -> None:
    monkeypatch.setattr(threads, "MOST_THREADED_ANEW", anew)
    message = "Message-ID: <%s-1@x.test>\nReferences: <first-1@x.test>\nSubject: Re: a\n\n"
    first, second, gone = (box.user.append(message % name) for name in ("first", "second", "gone"))
    lone = box.user.append("Subject: alone\n\nx")
    assert store.conversation(INBOX, Uid(second)) == (first, second, gone)
    late = box.user.append(message % "late")
    box.store().erase(INBOX, [Uid(gone)])
    fresh = box.store()
    assert fresh.conversation(INBOX, Uid(second)) == (first, second, late)
    assert fresh.conversation(INBOX, Uid(lone)) == (lone,)
    with pytest.raises(NotFound):
        fresh.conversation(INBOX, Uid(gone))
    assert fresh.conversation(INBOX, Uid(late)) == (first, second, late)


def test_relatives_in_another_mailbox_are_those_that_have_or_name_an_identifier(box: Box, store: ImapStore) -> None:
    box.user.create("Sent")
    box.user.append("Message-ID: <other-1@x.test>\nSubject: z\n\n1", "Sent")
    has = box.user.append("Message-ID: <first-1@x.test>\nSubject: a\n\n2", "Sent")
    names = box.user.append("Message-ID: <b-1@x.test>\nIn-Reply-To: <first-1@x.test>\nSubject: b\n\n3", "Sent")
    refers = box.user.append("Message-ID: <c-1@x.test>\nReferences: <first-1@x.test> <d-1@x.test>\n\n4", "Sent")

    def found(*identifiers: str, days: int = 2) -> list[int]:
        now, around = datetime.now(UTC), timedelta(days=days)
        rows = store.related(
            MailboxName("Sent"), identifiers, after=now - around, before=now + around, shown=INBOX
        ).rows
        return [row.uid for row in rows]

    assert found("<first-1@x.test>") == [has, names, refers]
    assert found("<d-1@x.test>", "<none-1@x.test>") == [refers]
    assert found("<a>", "", "<ä-long-one@x.test>") == [] and found("<first-1@x.test>", days=-2) == []


def test_of_a_large_mailbox_only_the_newest_are_looked_through_for_relatives(
    box: Box, store: ImapStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "_MOST_RELATED", 2)
    uids = [box.user.append(f"Message-ID: <{n}-1@x.test>\nIn-Reply-To: <first-1@x.test>\n\nx") for n in range(3)]
    now, around = datetime.now(UTC), timedelta(days=2)
    rows = store.related(
        INBOX, ["<first-1@x.test>"], after=now - around, before=now + around, shown=MailboxName("Sent")
    ).rows
    assert [row.uid for row in rows] == uids[1:]


def test_a_message_without_relatives_is_a_conversation_of_one(box: Box, store: ImapStore) -> None:
    uid = box.user.append("Subject: alone\n\nx")
    assert store.conversation(INBOX, Uid(uid)) == (uid,)


def test_the_conversation_of_a_vanished_message_is_not_found(store: ImapStore, fill: Fill) -> None:
    fill(1)
    with pytest.raises(NotFound, match="no longer in INBOX"):
        store.conversation(INBOX, Uid(99_999))


def test_the_state_counts_messages_and_changes_with_them(box: Box, fill: Fill) -> None:
    fill(2)
    before = box.store().state(INBOX)
    box.user.append("Subject: x\n\ny", flags="\\Seen")
    after = box.store().state(INBOX)
    assert (before.messages, before.unseen, after.messages, after.unseen) == (2, 2, 3, 2)
    assert after.uidnext > before.uidnext
    assert (after.highestmodseq is not None) == box.rich


def test_the_state_of_an_open_mailbox_knows_of_mail_that_came_meanwhile(box: Box) -> None:
    box.user.append("Subject: first\n\nx")
    box.store().rows(INBOX, 0, 10)
    box.user.append("Subject: second\n\nx")
    assert box.store().state(INBOX).messages == 2


def test_a_mailbox_that_is_not_there_is_not_found(store: ImapStore) -> None:
    with pytest.raises(NotFound, match="There is no folder Nowhere"):
        store.rows(MailboxName("Nowhere"), 0, 10)
    with pytest.raises(NotFound, match="There is no folder Nowhere"):
        store.state(MailboxName("Nowhere"))
