"""What a mail server tells again in the same octets is read once, and what it tells otherwise is read anew."""

from modules.imap.api import Credentials
from modules.imap.client import ImapConnection
from modules.imap.login import connect
from modules.imap.memory import Memory
from modules.imap.told import LONGEST_TOLD, MOST_TOLD, Heard, Told
from modules.mail.api import MailboxName, MailboxState
from tests.modules.imap.bad import Bad
from tests.modules.imap.scripted import ScriptedServer

INBOX = MailboxName("INBOX")
LISTED = b'* LIST () "/" A\r\n* STATUS A (MESSAGES %d)\r\n* LIST () "/" B\r\n* STATUS B (MESSAGES 2)\r\n'


def lines(text: str) -> list[bytes]:
    return text.encode().split()


def told_of(text: str) -> Told:
    told = Told()
    for line in lines(text):
        told.keep([line], [Heard("LIST", (line,))])
    return told


def again(told: Told, text: str, at: int = 0) -> str:
    """The lines that need not be read."""
    return b" ".join(heard.text for heard in told.again(lines(text), at)).decode()


def listing(bad: Bad) -> tuple[ScriptedServer, ImapConnection]:
    """A connection to a server with two mailboxes, which have been listed."""
    server = bad.server({"LIST": LISTED % 1})
    connection = connect(server.server, Credentials("ann", server.account.credentials.password))
    return server, connection


def test_lines_are_known_as_far_as_they_follow_each_other_as_before() -> None:
    told = told_of("a b c d")
    assert again(told, "a b c d") == "a b c d"
    assert again(told, "x a b c d e", 1) == "a b c d"
    assert again(told, "a b X d") == "a b"
    assert again(told, "a b X d", 3) == "d"
    assert again(told, "a b") == "a b"
    assert again(told, "c a b", 0) == "c"
    assert b"X" not in told.places


def test_no_more_lines_are_kept_than_a_list_of_folders_has_and_no_long_ones() -> None:
    told = Told()
    told.keep([b"x" * (LONGEST_TOLD + 1)], [Heard("LIST", (b"x",))])
    assert len(told) == 0
    for number in range(MOST_TOLD + 5):
        told.keep([b"%d" % number], [Heard("LIST", (b"x",))])
    assert len(told) == MOST_TOLD
    assert b"%d" % MOST_TOLD not in told.places


def test_an_answer_that_stays_the_same_is_the_same_objects_also_after_others(bad: Bad) -> None:
    _, connection = listing(bad)
    before = connection.run(b"LIST", b'""', b"*").heard
    connection.run(b"STATUS", b"INBOX", b"(MESSAGES)")
    after = connection.run(b"LIST", b'""', b"*").heard
    assert [one.text for one in after] == [b'() "/" A', b"A (MESSAGES 1)", b'() "/" B', b"B (MESSAGES 2)"]
    assert all(one is other for one, other in zip(before, after, strict=True))
    connection.close_quietly()


def test_what_changed_in_an_answer_is_heard(bad: Bad) -> None:
    server, connection = listing(bad)
    before = connection.run(b"LIST", b'""', b"*").heard
    server.answers["LIST"] = LISTED % 5
    after = connection.run(b"LIST", b'""', b"*").heard
    assert after[1].text == b"A (MESSAGES 5)"
    assert [one is other for one, other in zip(before, after, strict=True)] == [True, False, True, True]
    server.answers["LIST"] = b'* LIST () "/" B\r\n'
    assert [one.text for one in connection.run(b"LIST", b'""', b"*").heard] == [b'() "/" B']
    connection.close_quietly()


def test_a_response_code_is_not_taken_for_the_line_that_it_stands_in(bad: Bad) -> None:
    server, connection = listing(bad)
    server.answers["LIST"] = b"* OK [STATUS x] y\r\n" + LISTED % 1
    heard = [[one.kind for one in connection.run(b"LIST", b'""', b"*").heard] for _ in range(2)]
    assert heard[0] == heard[1] == ["OK", "STATUS", "LIST", "STATUS", "LIST", "STATUS"]
    connection.close_quietly()


def test_a_state_is_recalled_only_where_it_was_told_in_these_octets() -> None:
    memory, state = Memory(), MailboxState(1, 2, 3, 4)
    memory.keep_told(INBOX, b"one", state)
    assert memory.recall_told(INBOX, b"one") is state
    assert memory.recall_told(INBOX, b"other") is None
    assert memory.recall_told(MailboxName("Away"), b"one") is None
    memory.keep_told(INBOX, b"", state)
    memory.keep_told(INBOX, b"x" * 1001, state)
    assert memory.recall_told(INBOX, b"one") is state
    for number in range(100):
        memory.keep_told(MailboxName(f"Other {number}"), b"one", state)
    assert memory.recall_told(INBOX, b"one") is None


def test_what_finds_the_end_of_a_command_is_compiled_once_for_all_connections(bad: Bad) -> None:
    connections = [listing(bad)[1] for _ in range(2)]
    expressions = [connection._imap.tagre for connection in connections]
    assert expressions[0] is expressions[1]
    assert all(connection.run(b"NOOP").ok for connection in connections)
    for connection in connections:
        connection.close_quietly()
