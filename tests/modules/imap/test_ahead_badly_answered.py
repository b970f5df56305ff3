"""What lists ask for ahead, of servers whose answers of one round trip do not belong together."""

from dataclasses import replace

import pytest

from modules.imap import memory
from modules.imap.ahead import Window, ask_ahead
from modules.imap.lease import Lease
from modules.imap.ordering import order_name
from modules.mail.api import MailboxName, Order
from tests.modules.imap.bad import Bad

INBOX = MailboxName("INBOX")
ROW = b'FLAGS () RFC822.SIZE 1 INTERNALDATE "01-Jan-2026 00:00:00 +0000" BODY[HEADER.FIELDS (X)] {3}\r\n%s)\r\n'


def test_a_server_that_counts_more_than_it_shows_is_asked_again(bad: Bad) -> None:
    """Where mail comes between the commands of one round trip, what they tell does not belong together."""
    server = bad.server(
        {
            "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN SORT\r\n",
            "UID SORT": b"* SORT 1 2 3\r\n",
            "UID SEARCH": b"* SEARCH 1 2 3\r\n",
            "UID FETCH": b"* 3 FETCH (UID 3 FLAGS () RFC822.SIZE 1 INTERNALDATE"
            b' "01-Jan-2026 00:00:00 +0000" BODY[HEADER.FIELDS (X)] {3}\r\na:b)\r\n',
        }
    )
    server.store(bad.pool).rows(INBOX, 0, 1)
    bad.pool.close_session("session")
    server.answers["STATUS"] = b"* STATUS INBOX (MESSAGES 4 UIDNEXT 5 UIDVALIDITY 7 UNSEEN 1)\r\n"
    server.answers["UID SORT"] = b"* SORT 1 2 3 4\r\n"
    sorted_before = len(server.said("UID SORT"))
    assert server.store(bad.pool).rows(INBOX, 0, 1).total == 4
    assert len(server.said("UID SORT")) > sorted_before


def test_what_a_server_sorted_before_it_counted_it_is_listed_once(bad: Bad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_UIDS", 2)
    server = bad.server(
        {
            "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN SORT\r\n",
            "UID SORT": b"* SORT 1 2 3 4\r\n",
            "UID SEARCH": b"* SEARCH 3 4\r\n",
            "UID FETCH": b"".join(b"* %d FETCH (UID %d " % (uid, uid) + ROW % b"a:b" for uid in (3, 4)),
        }
    )
    server.store(bad.pool).rows(INBOX, 0, 1)
    bad.pool.close_session("session")
    server.answers["STATUS"] = b"* STATUS INBOX (MESSAGES 4 UIDNEXT 5 UIDVALIDITY 7 UNSEEN 1)\r\n"
    server.answers["SELECT"] = b"* 4 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 5] x\r\n"
    assert [row.uid for row in server.store(bad.pool).rows(INBOX, 0, 2).rows] == [4, 3]


def test_what_came_after_the_state_was_told_is_not_counted_twice(bad: Bad, monkeypatch: pytest.MonkeyPatch) -> None:
    """One message came, and another went, after the server told of the state and before it told which there are."""
    monkeypatch.setattr(memory, "MOST_UIDS", 2)
    rows = b"".join(b"* %d FETCH (UID %d " % (uid, uid) + ROW % b"a:b" for uid in (2, 3, 4))
    server = bad.server(
        {
            "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN SORT\r\n",
            "UID SORT": b"* SORT 1 2 3\r\n",
            "UID SEARCH": b"* SEARCH 2 3\r\n",
            "UID FETCH": rows,
        }
    )
    server.store(bad.pool).rows(INBOX, 0, 1)
    bad.pool.close_session("session")
    server.answers["UID FETCH"] = b"* 4 EXISTS\r\n* 1 EXPUNGE\r\n" + rows
    store = server.store(bad.pool)
    assert [row.uid for row in store.rows(INBOX, 0, 1).rows] == [3]


def test_rows_of_a_mailbox_that_is_another_by_now_are_not_kept_for_the_new_one(bad: Bad) -> None:
    """The connection has the former mailbox selected, while the server tells of the new one, which is as long."""
    server = bad.server(
        {
            "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN SORT\r\n",
            "UID SORT": b"* SORT 1 2 3\r\n",
            "UID FETCH": b"* 3 FETCH (UID 3 " + ROW % b"a:b",
        }
    )
    anew = b"* STATUS INBOX (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 8 UNSEEN 1)\r\n"
    server.store(bad.pool).rows(INBOX, 0, 1)
    with bad.pool.lease(server.account) as lent:
        lease = Lease(lent.connection, bad.pool.memory(server.account))
        wanted = Window(INBOX, 1, 1, Order.NEWEST, None)
        state = replace(lease.state(INBOX), uidvalidity=8)
        lease.memory.keep_order(order_name(INBOX, Order.NEWEST, None), 0, state, [3, 2, 1])
        server.answers["STATUS"] = anew
        server.answers["UID FETCH"] = b"* 2 FETCH (UID 2 " + ROW % b"a:b"
        lease.hear_again()
        ask_ahead(lease, wanted)
        assert lease.memory.kept.row(INBOX, 8, 2) is None


def test_what_a_server_tells_before_it_has_selected_is_not_believed(bad: Bad) -> None:
    server = bad.server(
        {
            "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN SORT\r\n",
            "SELECT": b"* SORT 9\r\n* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n",
            "UID SORT": b"* SORT 1 2 3\r\n",
            "UID FETCH": b"* 3 FETCH (UID 3 " + ROW % b"a:b",
        }
    )
    assert [row.uid for row in server.store(bad.pool).rows(INBOX, 0, 1).rows] == [3]
    assert len(server.said("UID SORT")) == 2
