"""What is kept of messages between requests: how much, for whom, and what is asked for again all the same."""

from datetime import UTC, datetime, timedelta

import pytest

from core import Conflict, NotFound
from modules.imap.api import ConnectionPool, ImapStore
from modules.imap.client import Command
from modules.imap.kept import Bounded
from modules.imap.login import connect
from modules.mail.api import MailboxName, Order, PartNumber, Uid
from tests.modules.imap.bad import Bad
from tests.modules.imap.conftest import Box, Boxes, account_of, numbered
from tests.modules.imap.scripted import ScriptedServer
from tests.servers.mail_user import MailUser

INBOX = MailboxName("INBOX")
STATUS = b"* STATUS INBOX (UNSEEN %d)\r\n"
DAY = datetime(2026, 3, 1, tzinfo=UTC)


def asked_by(box: Box) -> int:
    """How many commands the pool's connections have sent."""
    return sum(kept.connection.asked for shelf in box.pool._shelves.values() for kept in shelf.idle)


def newest(box: Box, order: Order = Order.NEWEST) -> list[int]:
    """The UIDs of a list's first rows, for one more request."""
    return [row.uid for row in box.store().rows(INBOX, 0, 50, order).rows]


def test_what_was_not_asked_for_longest_makes_room() -> None:
    kept: Bounded[str] = Bounded(10)
    kept.keep("a", "A", 4)
    kept.keep("b", "B", 4)
    assert kept.get("a") == "A"
    kept.keep("c", "C", 4)
    assert [kept.get(name) for name in "abc"] == ["A", None, "C"]
    assert kept.held == 8


def test_what_is_larger_than_all_the_room_is_not_kept_nor_what_it_replaces() -> None:
    kept: Bounded[str] = Bounded(10)
    kept.keep("a", "A", 4)
    kept.keep("a", "too large", 11)
    assert (kept.get("a"), kept.held) == (None, 0)


@pytest.mark.servers
def test_a_list_that_did_not_change_takes_one_round_trip(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    uids = [mail_user.append(numbered(number)) for number in (1, 2)]
    assert newest(box) == uids[::-1]
    before = asked_by(box)
    assert newest(box) == uids[::-1]
    assert asked_by(box) - before == 2  # NOOP and STATUS, sent at once


@pytest.mark.servers
def test_a_change_is_seen_in_the_state_after_it(boxes: Boxes, mail_user: MailUser) -> None:
    # Not asked for in one go with the change: Dovecot would tell of a moment before it.
    box = boxes.open(mail_user)
    uids = [Uid(mail_user.append(numbered(number))) for number in (1, 2, 3)]
    mail_user.create("Away")
    newest(box)
    store = box.store()
    store.flag(INBOX, uids[:1], add=["\\Seen"])
    assert store.state(INBOX).unseen == 2
    store.move(INBOX, uids[1:2], MailboxName("Away"))
    assert store.state(INBOX).unseen == 1
    assert store.erase(INBOX, uids[2:]) == 1
    assert (store.state(INBOX).messages, store.rows(INBOX, 0, 50).total) == (1, 1)


@pytest.mark.servers
def test_a_message_and_its_text_are_fetched_once(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    uid = Uid(mail_user.append(numbered(1)))

    def look() -> tuple[bytes, bytes]:
        store = box.store()
        return store.message(INBOX, uid).header, store.part(INBOX, uid, PartNumber("1"), most=99)

    first, before = look(), asked_by(box)
    assert look() == first
    assert asked_by(box) - before == 2  # NOOP, and FETCH of the flags


@pytest.mark.servers
@pytest.mark.parametrize(
    ("kind", "body", "asks"),
    [
        ("Content-Type: text/html\r\n", "<p>Hi\r\n", 2),  # NOOP, and FETCH of the message with its text
        ("Content-Type:\r\n text/plain\r\nContent-Transfer-Encoding: base64\r\n", "PHA+SGkNCg==\r\n", 2),
        ("", "<p>Hi\r\n", 2),
        ("", "<p>Hi\r\n" + "x" * 40_000, 2),
        ("", "<p>Hi\r\n" + "x" * 140_000, 3),
        ('Content-Type:\r\n multipart/mixed; boundary="a"\r\n', "--a\r\n\r\n<p>Hi\r\n\r\n--a--\r\n", 3),
    ],
)
def test_a_short_text_comes_with_its_message_from_a_list(
    boxes: Boxes, mail_user: MailUser, kind: str, body: str, asks: int
) -> None:
    box = boxes.open(mail_user)
    uid = Uid(mail_user.append(f"Subject: A text\r\n{kind}\r\n{body}".encode()))
    newest(box)
    store, before = box.store(), asked_by(box)
    assert store.message(INBOX, uid).header.startswith(b"Subject: A text")
    assert store.part(INBOX, uid, PartNumber("1"), most=7) == b"<p>Hi\r\n"
    assert asked_by(box) - before == asks


@pytest.mark.servers
def test_a_text_that_is_kept_is_not_shown_of_a_message_that_vanished(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    uid = Uid(mail_user.append(numbered(1)))
    assert box.store().part(INBOX, uid, PartNumber("1"), most=99) == b"Hi 1\r\n"
    assert box.store().part(INBOX, uid, PartNumber("1"), most=99) == b"Hi 1\r\n"
    with mail_user.connection() as other:
        other.select()
        other.store("1", "+FLAGS", "\\Deleted")
        other.expunge()
    with pytest.raises(Exception, match="no longer in INBOX"):
        box.store().part(INBOX, uid, PartNumber("1"), most=99)


@pytest.mark.servers
def test_nothing_is_kept_after_the_session_ends_or_with_another_password(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    uid = mail_user.append(numbered(1))
    newest(box)
    memory = box.pool.memory(box.account)
    assert newest(boxes.open(mail_user)) == [uid]
    assert box.pool.memory(account_of(mail_user, "another session")) is not memory
    box.pool.close_session(box.account.session)
    assert box.pool.memory(box.account) is not memory


@pytest.mark.servers
@pytest.mark.parametrize("order", [Order.NEWEST, Order.OLDEST])
def test_what_comes_and_goes_finds_its_place_in_a_known_order(boxes: Boxes, mail_user: MailUser, order: Order) -> None:
    box = boxes.open(mail_user)
    uids = [mail_user.append(numbered(day), received=DAY + timedelta(days=day)) for day in (1, 3, 5)]
    newest(box, order)
    late = mail_user.append(numbered(9), received=DAY + timedelta(days=9))
    between = mail_user.append(numbered(4), received=DAY + timedelta(days=4))
    old = mail_user.append(numbered(0), received=DAY)
    with mail_user.connection() as other:
        other.select()
        other.uid("STORE", str(uids[1]), "+FLAGS", "(\\Deleted)")
        other.expunge()
    expected = [old, uids[0], between, uids[2], late]
    assert newest(box, order) == (expected[::-1] if order is Order.NEWEST else expected)


@pytest.mark.servers
def test_many_that_went_at_once_are_left_out(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    with mail_user.connection() as other:
        for number in range(30):
            other.append("INBOX", "", "", numbered(number))
        newest(box)
        other.select()
        other.store("1:25", "+FLAGS", "\\Deleted")
        other.expunge()
    assert newest(box) == [30, 29, 28, 27, 26]


@pytest.mark.servers
def test_many_old_ones_that_came_at_once_are_sorted(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    first = mail_user.append(numbered(0), received=DAY + timedelta(days=99))
    newest(box)
    others = [mail_user.append(numbered(day), received=DAY + timedelta(days=day)) for day in range(12)]
    assert newest(box) == [first, *others[::-1]]


@pytest.mark.servers
def test_what_came_into_an_empty_mailbox_is_listed(boxes: Boxes, mail_user: MailUser) -> None:
    box = boxes.open(mail_user)
    assert newest(box) == []
    first = mail_user.append(numbered(1))
    assert newest(box) == [first]


@pytest.mark.servers
def test_of_a_mailbox_made_anew_only_the_new_one_is_shown_and_changed(boxes: Boxes, mail_user: MailUser) -> None:
    box, garden = boxes.open(mail_user), MailboxName("Garden")
    mail_user.create("Garden")
    uid = Uid(mail_user.append(numbered(1), "Garden"))
    assert box.store().part(garden, uid, PartNumber("1"), most=99) == b"Hi 1\r\n"
    box.store().rows(garden, 0, 50)
    mail_user.run("DELETE", "Garden")
    mail_user.create("Garden")
    assert mail_user.append(numbered(2), "Garden") == uid
    with pytest.raises(Conflict, match="Garden was made anew"):
        box.store().erase(garden, [uid])
    assert [row.envelope.subject for row in box.store().rows(garden, 0, 50).rows] == ["Hello 0002"]
    box.store().flag(garden, [uid], add=["\\Flagged"])
    assert "\\Flagged" in mail_user.flags(uid, "Garden")


@pytest.mark.servers
def test_no_message_of_a_mailbox_made_anew_is_moved_in_place_of_another(boxes: Boxes, mail_user: MailUser) -> None:
    box, garden = boxes.open(mail_user), MailboxName("Garden")
    mail_user.create("Away")
    mail_user.create("Garden")
    uid = Uid(mail_user.append(numbered(1), "Garden"))
    box.store().rows(garden, 0, 50)
    mail_user.run("DELETE", "Garden")
    mail_user.create("Garden")
    assert mail_user.append(numbered(2), "Garden") == uid
    with pytest.raises(Conflict, match="Garden was made anew"):
        box.store().move(garden, [uid], MailboxName("Away"))
    assert (mail_user.uids("Garden"), mail_user.uids("Away")) == ([uid], [])


WARNED = b"* NO Internal error occurred.\r\n"


def made_anew(bad: Bad, select: bytes) -> tuple[ScriptedServer, ImapStore]:
    """A session that has seen an INBOX of which its server speaks ill meanwhile, and what SELECT says then."""
    first = b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 2] x\r\n"
    answers = iter([first])
    server = bad.server(
        {
            "SELECT": lambda line: next(answers, select),
            "NOOP": WARNED,
            "UID FETCH": b"* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 1 BODYSTRUCTURE NIL BODY[HEADER]<0> {3}\r\na:b)\r\n",
        }
    )
    assert server.store(bad.pool).message(INBOX, Uid(1)).header == b"a:b"
    return server, server.store(bad.pool)


def test_what_is_kept_of_a_message_is_not_shown_of_another_with_its_uid(bad: Bad) -> None:
    server, store = made_anew(bad, b"* 1 EXISTS\r\n* OK [UIDVALIDITY 8] x\r\n* OK [UIDNEXT 2] x\r\n")
    server.answers["UID FETCH"] = server.answers["UID FETCH"].replace(b"a:b", b"c:d")  # type: ignore[union-attr]  # octets.
    assert store.message(INBOX, Uid(1)).header == b"c:d"


def test_a_warning_with_a_reason_of_its_own_costs_no_connection(bad: Bad) -> None:
    server, store = made_anew(bad, b"")
    server.answers["NOOP"] = b"* NO [ALERT] Your mailbox is nearly full.\r\n"
    assert store.message(INBOX, Uid(1)).header == b"a:b"
    assert (server.connections, len(server.said("SELECT"))) == (1, 1)


def test_what_is_to_be_done_after_a_warning_is_done_to_what_is_there_now(bad: Bad) -> None:
    server, store = made_anew(bad, b"* 1 EXISTS\r\n* OK [UIDVALIDITY 8] x\r\n* OK [UIDNEXT 2] x\r\n")
    with pytest.raises(Conflict, match="made anew"):
        store.erase(INBOX, [Uid(1)])
    assert (server.said("UID STORE"), server.said("UID EXPUNGE")) == ([], [])


def test_a_mailbox_that_can_no_longer_be_opened_is_not_shown_from_memory(bad: Bad) -> None:
    _, store = made_anew(bad, b"TAG NO [NONEXISTENT] Gone\r\n")
    with pytest.raises(NotFound, match="no folder INBOX"):
        store.message(INBOX, Uid(1))


@pytest.mark.parametrize("words", [b"[SERVERBUG] Internal error", b"Mailbox was deleted under us (0.001 secs)."])
def test_a_server_that_blames_itself_is_asked_again_on_another_connection(bad: Bad, words: bytes) -> None:
    answers = iter([b"TAG NO " + words + b"\r\n"])
    server = bad.server({"UID SEARCH": lambda line: next(answers, b"* SEARCH 1 2\r\n")})
    assert server.store(bad.pool).state(INBOX).messages == 3
    assert server.store(bad.pool).uids(INBOX) == (1, 2)
    assert server.connections == 2


def test_a_connection_leaves_a_mailbox_that_it_has_had_open_for_long(bad: Bad) -> None:
    now = [0.0]
    server = bad.server({})
    pool = ConnectionPool(idle=1e9, settled=60, clock=lambda: now[0])
    for passed in (0, 1, 100, 1, 1):
        now[0] += passed
        server.store(pool).uids(INBOX)
    pool.close()
    assert (len(server.said("SELECT")), len(server.said("EXAMINE")), server.connections) == (2, 1, 1)


def test_commands_sent_at_once_may_end_in_any_order(bad: Bad) -> None:
    server = bad.server({"NOOP": b"", "STATUS": STATUS % 2})
    connection = connect(server.server, server.account.credentials)
    replies = connection.run_all([Command(b"NOOP"), Command(b"STATUS", (b"INBOX", b"(UNSEEN)"))])
    assert [reply.ok for reply in replies] == [True, True]
    assert [heard.kind for heard in replies[0].heard] == ["STATUS"]
    connection.close_quietly()


def test_a_whole_page_looks_for_a_conversation_only_around_its_message(bad: Bad) -> None:
    server = bad.server(
        {
            "SELECT": b"* 3000 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4000] x\r\n",
            "STATUS": b"* STATUS INBOX (MESSAGES 3000 UIDNEXT 4000 UIDVALIDITY 7 UNSEEN 2)\r\n",
            "UID FETCH": b"* 1 FETCH (UID 1500 BODY[HEADER.FIELDS (X)] {27}\r\nMessage-ID: <long@x.test>\r\n)\r\n",
            "UID SEARCH": b"* SEARCH 1499 1500\r\n",
        }
    )
    assert server.store(bad.pool).conversation(INBOX, Uid(1500), nearby=True) == (1499, 1500)
    assert b"UID 500:2500" in server.said("UID SEARCH")[0]
