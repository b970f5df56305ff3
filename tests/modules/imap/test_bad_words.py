"""Answers that are well formed and still odd: sets, states and lists that servers should not send, and refusals."""

import pytest

from core import NotFound
from modules.imap import wire
from modules.imap.client import ImapConnection
from modules.imap.errors import BadName, ServerGone, ServerRefused
from modules.imap.fetching import section_of
from modules.imap.login import connect
from modules.imap.names import string
from modules.imap.wire import Injection
from modules.mail.api import MailboxName, Order, Query, Role, Uid
from tests.modules.imap.bad import Bad
from tests.modules.imap.scripted import CUT, Answer, ScriptedServer

INBOX = MailboxName("INBOX")
OTHER = MailboxName("Other")
STATE = b'* STATUS "INBOX" (MESSAGES %d UIDNEXT 4 UIDVALIDITY %d UNSEEN 1)\r\n'


def offering(*capabilities: bytes) -> bytes:
    """The answer to CAPABILITY of a server that offers these too."""
    return b"* CAPABILITY IMAP4rev1 AUTH=PLAIN UIDPLUS MOVE " + b" ".join(capabilities) + b"\r\n"


def connected(server: ScriptedServer) -> ImapConnection:
    """A connection that is logged in."""
    return connect(server.server, server.account.credentials)


def test_uids_that_make_no_sense_are_not_told_and_the_move_still_counts(bad: Bad) -> None:
    store = bad.store({"UID MOVE": b"* OK [COPYUID 7 1 1:4294967295] x\r\n"})
    moved = store.move(INBOX, [Uid(1)], OTHER)
    assert (moved.uids, moved.count) == ((), 1)


def test_uids_of_a_mailbox_that_was_made_anew_in_between_are_not_told(bad: Bad) -> None:
    store = bad.store({"UID MOVE": b"* OK [COPYUID 7 1 5] x\r\n* OK [COPYUID 8 2 1] x\r\n"})
    moved = store.move(INBOX, [Uid(1), Uid(2)], OTHER)
    assert (moved.uids, moved.count, moved.uidvalidity) == ((), 2, 0)


def test_a_row_that_is_none_is_left_out(bad: Bad) -> None:
    odd = b"* 3 FETCH nonsense\r\n* 4 FETCH\r\n* 5 FETCH (FLAGS (\\Seen))\r\n"
    store = bad.store({"UID FETCH": odd, "FETCH": odd})
    assert store.rows(INBOX, 0, 3).rows == ()
    with pytest.raises(NotFound):
        store.message(INBOX, Uid(3))


def test_a_section_that_was_not_sent_is_told_from_an_empty_one() -> None:
    assert section_of({b"BODY[HEADER]<0>": b""}, b"BODY[HEADER]") == b""
    assert section_of({b"BODY[HEADER]": None, b"UID": 3}, b"BODY[HEADER]") is None


def test_a_role_is_given_up_where_the_server_does_not_take_it(bad: Bad) -> None:
    def create(command: bytes) -> bytes:
        return b"TAG NO [USEATTR] no\r\n" if b"USE" in command else b""

    server = bad.server({"CAPABILITY": offering(b"CREATE-SPECIAL-USE"), "CREATE": create})
    assert server.store(bad.pool).role_mailbox(Role.SENT, create=True) == "Sent"
    assert server.said("CREATE") == [b'CREATE "Sent" (USE (\\Sent))\r\n', b'CREATE "Sent"\r\n']


def test_a_quota_that_is_refused_is_none(bad: Bad) -> None:
    for words in (b"NO [NOPERM] x", b"NO broken", b"BAD x"):
        bad.pool.close_session("session")
        server = bad.server({"CAPABILITY": offering(b"QUOTA"), "GETQUOTAROOT": b"TAG " + words + b"\r\n"})
        assert server.store(bad.pool).quota() is None


def test_a_stale_selection_is_made_anew_before_anything_is_changed(bad: Bad) -> None:
    server = bad.server()
    server.store(bad.pool).rows(INBOX, 0, 1)
    server.answers["STATUS"] = STATE % (3, 8)
    store = server.store(bad.pool)
    store.state(INBOX)
    server.answers["SELECT"] = b"* 3 EXISTS\r\n* OK [UIDVALIDITY 8] x\r\n"
    store.flag(INBOX, [Uid(1)], add=["\\Seen"])
    assert len(server.said("SELECT")) == 2
    assert server.lines.index(server.said("UID STORE")[0]) > server.lines.index(server.said("SELECT")[1])


def test_a_server_that_tells_no_state_is_told(bad: Bad) -> None:
    with pytest.raises(ServerRefused, match="does not tell the state of INBOX"):
        bad.store({"STATUS": b""}).state(INBOX)


def test_a_folder_that_cannot_be_counted_is_still_listed(bad: Bad) -> None:
    server = bad.server({"LIST": b'* LIST () "/" INBOX\r\n* LIST () "/" Sent\r\n', "STATUS": STATE % (3, 7)})
    server.answers["STATUS SENT"] = server.answers['STATUS "SENT"'] = b"TAG NO broken\r\n"
    listed = server.store(bad.pool).mailboxes()
    assert [(str(one.name), one.messages) for one in listed] == [("INBOX", 3), ("Sent", None)]


def test_the_oldest_first_that_match_are_sorted_here(bad: Bad) -> None:
    rows = b"* 1 FETCH (UID 5 FLAGS ())\r\n* 2 FETCH (UID 9 FLAGS ())\r\n"
    store = bad.store({"UID SEARCH": b"* SEARCH 9 5\r\n", "UID FETCH": rows})
    assert [row.uid for row in store.rows(INBOX, 0, 5, Order.OLDEST, Query(subject="x")).rows] == [5, 9]


def test_counts_that_contradict_each_other_are_asked_for_again(bad: Bad) -> None:
    server = bad.server({"STATUS": STATE % (4, 7)})
    assert server.store(bad.pool).rows(INBOX, 0, 1).state.messages == 4
    assert len(server.said("SELECT")) == 2


@pytest.mark.parametrize("told", [b"ALL 1:4294967295", b"ALL x", b"COUNT 3", b""])
def test_an_extended_search_that_makes_no_sense_finds_nothing(bad: Bad, told: bytes) -> None:
    answer = b'* ESEARCH (tag "x") UID ' + told + b"\r\n"
    store = bad.store({"CAPABILITY": offering(b"ESEARCH"), "UID SEARCH": answer})
    assert store.uids(INBOX, Query(subject="x")) == ()


def test_a_conversation_without_end_is_cut_around_the_message(bad: Bad) -> None:
    thread = b"* THREAD (" + b" ".join(b"%d" % number for number in range(1, 1201)) + b")(2000 2001)\r\n"
    store = bad.store({"CAPABILITY": offering(b"THREAD=REFERENCES"), "UID THREAD": thread})
    for asked, first, last in ((600, 350, 849), (1, 1, 500), (1200, 701, 1200)):
        found = store.conversation(INBOX, Uid(asked))
        assert (len(found), found[0], found[-1]) == (500, first, last)
    assert store.conversation(INBOX, Uid(2000)) == (2000, 2001)
    with pytest.raises(NotFound, match="no longer in INBOX"):
        store.conversation(INBOX, Uid(3000))


@pytest.mark.parametrize(
    ("told", "members"),
    [
        (b"(1)((2 4)(3 (5)(6)))(7 8)", (2, 3, 4, 5, 6)),
        (b"(1) (2 3)(4)", (2, 3)),
        (b"(1)(2 3", (2,)),
        (b"2 3", None),
        (b")(2)(", None),
        (b"(2 99999999999999999999999)", (2,)),
        (b"", None),
    ],
)
def test_conversations_are_read_as_lists_in_lists(bad: Bad, told: bytes, members: tuple[int, ...] | None) -> None:
    answers = {"CAPABILITY": offering(b"THREAD=REFERENCES"), "UID THREAD": b"* THREAD " + told + b"\r\n"}
    store = bad.store({**answers})
    if members is None:
        with pytest.raises(NotFound):
            store.conversation(INBOX, Uid(2))
    else:
        assert store.conversation(INBOX, Uid(2)) == members


def test_conversations_that_are_none_are_not_read(bad: Bad) -> None:
    store = bad.store({"CAPABILITY": offering(b"THREAD=REFERENCES"), "UID THREAD": b'* THREAD (2 "x")\r\n'})
    with pytest.raises(ServerGone, match="holds no conversations"):
        store.conversation(INBOX, Uid(2))


def test_too_many_answers_to_one_command_are_not_kept(bad: Bad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_MOST_RESPONSES", 1000)
    with pytest.raises(ServerGone, match="never ends"):
        bad.store({"UID SEARCH": b"* 1 EXPUNGE\r\n" * 2000}).uids(INBOX, Query(subject="x"))


def test_no_command_leaves_its_line(bad: Bad) -> None:
    server = bad.server()
    connection = connected(server)
    before = len(server.lines)
    with pytest.raises(Injection):
        connection.run(b"CREATE", b"a\r\nX DELETE b")
    with pytest.raises(Injection):
        connection.run(b"CREATE", "ü".encode())
    with pytest.raises(Injection):
        connection._imap.create("a\r\nX DELETE b")
    with pytest.raises(BadName):
        connection.create_folder("a\r\nX DELETE b")
    with pytest.raises(BadName):
        connection.delete_folder(b"a\0b")
    assert not connection.broken and connection.run(b"NOOP").ok
    assert server.lines[before:] == [b"NOOP\r\n"]
    assert connection.create_folder("fine") is not None and server.said("CREATE") == [b'CREATE "fine"\r\n']
    connection.close_quietly()


def test_a_connection_knows_what_was_offered_without_asking(bad: Bad) -> None:
    server = bad.server()
    connection = connected(server)
    asked = len(server.said("CAPABILITY"))
    assert b"UIDPLUS" in connection.capabilities() and len(server.said("CAPABILITY")) == asked
    connection.close_quietly()


def test_a_connection_that_is_closed_already_is_closed_without_a_word(bad: Bad) -> None:
    connection = connected(bad.server())
    connection._imap.sock.close()
    connection.close_quietly()
    assert connection.broken


def test_a_server_that_breaks_off_during_the_login_is_told_from_a_wrong_password(bad: Bad) -> None:
    with pytest.raises(ServerGone):
        bad.store({"AUTHENTICATE": CUT}).state(INBOX)
    with pytest.raises(ServerGone, match="too late"):
        bad.store({"AUTHENTICATE": b"* BYE too late\r\n" + CUT}).state(INBOX)


def test_a_literal_may_be_refused_with_words(bad: Bad) -> None:
    connection = connected(bad.server({"SEARCH": b"TAG BAD no literals\r\n"}))
    reply = connection.run(b"SEARCH", string(b"\xff"))
    assert (reply.kind, reply.answer.text) == ("BAD", "no literals")
    connection.close_quietly()


def test_a_mailbox_that_keeps_no_flags_is_sent_none(bad: Bad) -> None:
    answers: dict[str, Answer] = {"SELECT": b"* OK [PERMANENTFLAGS ()] none is kept\r\n* OK [UIDVALIDITY 7] valid\r\n"}
    server = bad.server(answers)
    assert server.store(bad.pool).flag(INBOX, [Uid(1)], add=["\\Seen"]) == 7
    assert server.said("UID STORE") == []


def test_a_mailbox_that_does_not_say_which_flags_it_keeps_is_sent_all(bad: Bad) -> None:
    server = bad.server()
    server.store(bad.pool).flag(INBOX, [Uid(1)], add=["\\Seen"])
    assert len(server.said("UID STORE")) == 1
