"""What becomes of us when a mail server breaks off, talks nonsense, is slow, or means harm."""

import pytest

from core import Conflict, NotAllowed, NotFound, Refusal
from modules.imap import reader
from modules.imap.errors import CharsetRefused, QuotaFull, ServerGone, ServerRefused
from modules.mail.api import MailboxName, Order, PartNumber, Query, Role, Uid
from tests.modules.imap.bad import Bad
from tests.modules.imap.scripted import CUT

INBOX = MailboxName("INBOX")
ROW = (
    b'* 3 FETCH (UID 3 FLAGS (\\Seen) RFC822.SIZE 9 INTERNALDATE "01-Jan-2026 10:00:00 +0100" '
    b"BODY[HEADER.FIELDS (SUBJECT)]<0> {12}\r\nSubject: x\r\n)\r\n"
)


def test_the_scripted_server_serves(bad: Bad) -> None:
    rows = bad.store({"FETCH": ROW}).rows(INBOX, 0, 1)
    assert (rows.total, rows.rows[0].envelope.subject, rows.rows[0].received.hour) == (3, "x", 10)


@pytest.mark.parametrize("query", [None, Query()])
def test_a_list_of_everything_is_fetched_by_number_where_the_server_sorts_nothing(
    bad: Bad, query: Query | None
) -> None:
    bad.store({"FETCH": ROW}).rows(INBOX, 0, 1, Order.NEWEST, query)
    assert bad.servers[0].said("FETCH 3:3") and not bad.servers[0].said("UID")


@pytest.mark.parametrize(
    "answer",
    [
        b"* 3 FETCH (UID 3 BODY[] {100}\r\nshort" + CUT,
        b"* 3 FETCH (UID 3" + CUT,
        CUT,
        b"garbage without end\r\nTAG OK\r\n",
        b"* 3 FETCH (UID 3 (((\r\nTAG OK x\r\n",
        b"* 3 FETCH )\r\nTAG OK x\r\n",
        b"* 3 FETCH " + b"(" * 5000 + b"\r\nTAG OK x\r\n",
        b"* 3 FETCH (UID 3 BODY[] {99999999999}\r\nx" + CUT,
        b"* 3 FETCH (UID 3 BODY[] {" + b"9" * 5000 + b"}\r\nx" + CUT,
        b"\xff\xfe\x00\r\n",
        b"* BYE Too bad\r\n" + CUT,
        b"* 3 FETCH (UID 3 FLAGS ())\nTAG OK no carriage return\n",
        b"WRONGTAG OK done\r\n" + CUT,
        b"* 1 FETCH (UID 3\r\n",
    ],
)
def test_a_broken_answer_is_an_upstream_error_and_its_connection_is_not_used_again(bad: Bad, answer: bytes) -> None:
    server = bad.server({"UID FETCH": answer})
    with pytest.raises(ServerGone):
        server.store(bad.pool).message(INBOX, Uid(3))
    before = server.connections
    server.answers["UID FETCH"] = b""
    with pytest.raises(NotFound):
        server.store(bad.pool).message(INBOX, Uid(3))
    assert server.connections == before + 1


def test_the_words_of_a_goodbye_are_told(bad: Bad) -> None:
    with pytest.raises(ServerGone, match="Shutting down for the night"):
        bad.store({"SELECT": b"* BYE Shutting down for the night\r\n" + CUT}).message(INBOX, Uid(1))


def test_a_server_that_never_answers_is_given_up(bad: Bad) -> None:
    with pytest.raises(ServerGone, match="did not answer within 1 seconds"):
        bad.store({"UID FETCH": b"* OK TAG in words only\r\n"}, patience=1).message(INBOX, Uid(3))


def test_a_line_that_never_ends_is_cut_short(bad: Bad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LONGEST_LINE", 100_000)
    with pytest.raises(ServerGone, match="never ends"):
        bad.store({"UID FETCH": b"* OK " + b"x" * 300_000 + CUT}).message(INBOX, Uid(3))


def test_an_answer_that_never_ends_is_cut_short(bad: Bad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "LONGEST_ANSWER", 100_000)
    with pytest.raises(ServerGone, match="never ends"):
        bad.store({"UID FETCH": b"* OK y\r\n" * 50_000}).message(INBOX, Uid(3))


def test_a_dead_connection_is_replaced_for_what_only_reads(bad: Bad) -> None:
    server = bad.server({"FETCH": ROW})
    assert server.store(bad.pool).rows(INBOX, 0, 1).total == 3
    server.cut_all()
    assert server.store(bad.pool).rows(INBOX, 0, 1).total == 3
    assert server.connections == 2


def test_a_command_that_changes_mail_is_never_sent_twice(bad: Bad) -> None:
    server = bad.server({"UID MOVE": CUT})
    server.store(bad.pool).state(INBOX)
    with pytest.raises(ServerGone):
        server.store(bad.pool).move(INBOX, [Uid(1)], MailboxName("Other"))
    assert len(server.said("UID MOVE")) == 1


def test_a_mailbox_made_anew_between_two_looks_is_a_conflict(bad: Bad) -> None:
    store = bad.store({"STATUS": b'* STATUS "INBOX" (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 6 UNSEEN 1)\r\n'})
    store.state(INBOX)
    with pytest.raises(Conflict, match="made anew"):
        store.flag(INBOX, [Uid(1)], add=["\\Seen"])


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (b"NO [OVERQUOTA] full", QuotaFull),
        (b"NO Quota exceeded", QuotaFull),
        (b"NO [TRYCREATE] no", NotFound),
        (b"NO [NONEXISTENT] no", NotFound),
        (b"NO Mailbox does not exist", NotFound),
        (b"NO [ALREADYEXISTS] yes", Conflict),
        (b"NO Mailbox already exists", Conflict),
        (b"NO [NOPERM] read only", NotAllowed),
        (b"NO [CANNOT] never", Refusal),
        (b"NO [INUSE] busy", Conflict),
        (b"NO [BADCHARSET (US-ASCII)] no", CharsetRefused),
        (b"NO [SERVERBUG] oops", ServerRefused),
        (b"BAD what", ServerRefused),
        (b"NO", ServerRefused),
    ],
)
def test_each_refusal_has_its_error(bad: Bad, words: bytes, error: type[Exception]) -> None:
    store = bad.store({"UID MOVE": b"TAG " + words + b" \r\n"})
    with pytest.raises(error) as caught:
        store.move(INBOX, [Uid(1)], MailboxName("Other"))
    assert str(caught.value).endswith((".", "oops", "what", "never", "reason"))


def test_the_words_of_a_server_are_shown_without_control_characters(bad: Bad) -> None:
    with pytest.raises(ServerRefused) as caught:
        bad.store({"UID MOVE": b"TAG NO a\x1b[31m\x07b\xff" + b"c" * 999 + b"\r\n"}).move(
            INBOX, [Uid(1)], MailboxName("Other")
        )
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_a_charset_the_server_does_not_know_is_told(bad: Bad) -> None:
    with pytest.raises(CharsetRefused, match="plain English letters"):
        bad.store({"UID SEARCH": b"TAG NO [BADCHARSET] no\r\n"}).uids(INBOX, Query(words=("ü",)))


def test_a_search_sends_other_letters_as_counted_octets(bad: Bad) -> None:
    server = bad.server({"UID SEARCH": b"* SEARCH 2 1\r\n"})
    assert server.store(bad.pool).uids(INBOX, Query(subject="Größe")) == (1, 2)
    sent = server.said("UID SEARCH")[0]
    assert sent == b"UID SEARCH CHARSET UTF-8 SUBJECT {7}\r\nGr\xc3\xb6\xc3\x9fe\r\n"


def test_a_refused_literal_leaves_the_connection_usable(bad: Bad) -> None:
    server = bad.server()
    server.answers["APPEND"] = b"TAG NO [OVERQUOTA] x\r\n"
    store = server.store(bad.pool)
    with pytest.raises(QuotaFull):
        store.append(INBOX, b"Subject: x\r\n\r\n")
    assert store.state(INBOX).messages == 3
    assert server.connections == 1


def test_a_message_with_nul_is_stored_as_binary_or_refused(bad: Bad) -> None:
    with pytest.raises(Refusal, match="NUL"):
        bad.store().append(INBOX, b"Subject: x\r\n\r\na\0b")
    server = bad.server({"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN BINARY LITERAL+\r\n", "UID SEARCH": b""})
    bad.pool.close_session("session")
    server.store(bad.pool).append(INBOX, b"Subject: x\r\n\r\na\0b")
    assert b"~{17+}\r\nSubject: x" in server.said("APPEND")[0]


def test_without_a_structure_a_message_still_shows(bad: Bad) -> None:
    def fetch(command: bytes) -> bytes:
        if b"BODYSTRUCTURE" in command:
            return b"TAG BAD cannot parse this message\r\n"
        return b"* 3 FETCH (UID 3 FLAGS () RFC822.SIZE 9 BODY[HEADER]<0> {4}\r\nA: b)\r\n"

    message = bad.store({"UID FETCH": fetch}).message(INBOX, Uid(3))
    assert (message.header, message.structure.number) == (b"A: b", "1")


def test_a_server_that_refuses_texts_with_a_message_still_tells_its_structure(bad: Bad) -> None:
    def fetch(command: bytes) -> bytes:
        if b"BODY.PEEK[1]" in command:
            return b"TAG NO there is no such part\r\n"
        structure = b' BODYSTRUCTURE ("IMAGE" "PNG" NIL NIL NIL "BASE64" 4)' if b"BODYSTRUCTURE" in command else b""
        return b"* 3 FETCH (UID 3 FLAGS () RFC822.SIZE 9%b BODY[HEADER]<0> {4}\r\nA: b)\r\n" % structure

    message = bad.store({"UID FETCH": fetch}).message(INBOX, Uid(3))
    assert (message.header, message.structure.media_type) == (b"A: b", "image/png")


def test_too_many_messages_to_sort_come_as_they_arrived(bad: Bad, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modules.imap.ordering.MOST_SORTED_HERE", 2)
    store = bad.store({"UID SEARCH": b"* SEARCH 1 2 3\r\n", "UID FETCH": ROW})
    rows = store.rows(INBOX, 0, 3, Order.LARGEST)
    assert (rows.sorted_as_asked, [row.uid for row in rows.rows]) == (False, [3])


def test_numbers_no_uid_can_be_are_left_out(bad: Bad) -> None:
    store = bad.store({"UID SEARCH": b"* SEARCH 0 1 4294967296 99999999999999999999 2\r\n"})
    assert store.uids(INBOX) == (1, 2)


def test_a_mailbox_name_with_line_breaks_is_left_out_of_the_list(bad: Bad) -> None:
    listed = b'* LIST () "/" INBOX\r\n* LIST () "/" {6}\r\na\r\nb/c\r\n* LIST () NIL "flat"\r\n* LIST () "/"\r\n'
    assert [str(one.name) for one in bad.store({"LIST": listed}).mailboxes()] == ["INBOX", "flat"]


def test_a_mailbox_in_broken_utf_7_is_reached_by_its_octets(bad: Bad) -> None:
    server = bad.server({"LIST": b'* LIST () "/" "a&b"\r\n* LIST () "/" "&2ADYAA-"\r\n'})
    store = server.store(bad.pool)
    names = [one.name for one in store.mailboxes(counts=False)]
    assert "a&b" in names
    store.delete(MailboxName("a&b"))
    assert server.said("DELETE") == [b'DELETE "a&b"\r\n']


def test_names_are_utf_8_where_the_server_agreed_to_it(bad: Bad) -> None:
    server = bad.server(
        {
            "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN ENABLE UTF8=ACCEPT ID\r\n",
            "LIST": '* LIST () "/" "Entwürfe"\r\n'.encode(),
            "UID SEARCH": b"* SEARCH 1\r\n",
        }
    )
    store = server.store(bad.pool)
    assert [(str(one.name), one.role) for one in store.mailboxes(counts=False)] == [("Entwürfe", Role.DRAFTS)]
    store.subscribe(MailboxName("Entwürfe"), False)
    assert "Entwürfe".encode() in server.said("UNSUBSCRIBE")[0]
    store.uids(INBOX, Query(words=("ü",)))
    assert b"CHARSET" not in server.said("UID SEARCH")[0]


def test_a_namespace_that_makes_no_sense_is_asked_of_list(bad: Bad) -> None:
    store = bad.store(
        {
            "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN NAMESPACE CREATE-SPECIAL-USE\r\n",
            "NAMESPACE": b"* NAMESPACE NIL NIL NIL\r\n",
            'LIST "" ""': b'* LIST (\\Noselect) "." ""\r\n',
        }
    )
    assert store.role_mailbox(Role.SENT, create=True) == "Sent"


def test_a_role_is_told_to_servers_that_take_it(bad: Bad) -> None:
    server = bad.server({"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN CREATE-SPECIAL-USE\r\n"})
    server.store(bad.pool).role_mailbox(Role.JUNK, create=True)
    assert server.said("CREATE") == [b'CREATE "Junk" (USE (\\Junk))\r\n']


def test_a_role_whose_name_is_taken_is_subscribed_to(bad: Bad) -> None:
    server = bad.server({"CREATE": b"TAG NO [ALREADYEXISTS] there\r\n"})
    assert server.store(bad.pool).role_mailbox(Role.TRASH, create=True) == "Trash"
    assert server.said("SUBSCRIBE") == [b'SUBSCRIBE "Trash"\r\n']


def test_a_part_that_ends_early_is_what_there_is(bad: Bad) -> None:
    structure = b'* 3 FETCH (UID 3 BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "BASE64" 400000 9))\r\n'
    store = bad.store({"UID FETCH 3 (UID BODYSTRUCTURE)": structure, "UID FETCH 3 (UID BODY.PEEK": b""})
    with pytest.raises(NotFound):
        store.part(INBOX, Uid(3), PartNumber("1"), most=10)
