"""Bare IMAP asks for the same of mail servers that can do little."""

import re

import pytest

from bench.bare import BareImap
from bench.little import conversation_of, counts_of_folders, found_last
from demo.dovecot import Dovecot
from tests.modules.mail.letters import plain
from tests.servers.mail_user import MailUser

pytestmark = pytest.mark.servers

_COUNTED = re.compile(rb'STATUS "?([^"\r\n]*?)"? \((?:MESSAGES (\d+) UNSEEN (\d+)|UNSEEN (\d+) MESSAGES (\d+))\)')
ROW = "(UID FLAGS)"


def counted(server: BareImap, able: frozenset[str]) -> set[tuple[bytes, ...]]:
    """Each folder with its counts."""
    return set(_COUNTED.findall(server.ask(*counts_of_folders(server, able))))


def test_folders_are_counted_one_by_one_where_they_cannot_be_at_once(mail_user: MailUser, dovecot: Dovecot) -> None:
    mail_user.append_all(plain("One"), plain("Two"))
    mail_user.create('Two "words"')
    with BareImap(dovecot.imap_port) as server:
        server.log_in(mail_user.name, mail_user.password)
        able = server.capabilities()
        assert "LIST-STATUS" in able and len(counts_of_folders(server, able)) == 1
        apart = counted(server, frozenset())
        assert apart == counted(server, able) and (b"INBOX", b"2", b"2", b"", b"") in apart


def test_what_is_searched_is_found_without_sort(mail_user: MailUser, dovecot: Dovecot) -> None:
    mail_user.append_all(plain("Tea"), plain("Milk"), plain("Tea"), plain("Tea"))
    with BareImap(dovecot.imap_port) as server:
        server.log_in(mail_user.name, mail_user.password)
        server.ask('SELECT "INBOX"')
        assert found_last(server, frozenset(), "SUBJECT Tea", 2) == [3, 4]
        assert found_last(server, frozenset({"SORT"}), "SUBJECT Tea", 2) == [3, 4]
        assert found_last(server, frozenset(), "SUBJECT Coffee", 2) == []


class Heard(BareImap):
    """Bare IMAP that remembers what was answered last."""

    answer = b""

    def __enter__(self) -> "Heard":
        """The connection, closed in the end."""
        return self

    def ask(self, *commands: str) -> bytes:
        """As it is, remembered."""
        self.answer = super().ask(*commands)
        return self.answer


def test_a_conversation_is_found_without_thread(mail_user: MailUser, dovecot: Dovecot) -> None:
    for number in range(5):
        before = f"References: <tea0@hill.example>\r\nIn-Reply-To: <tea{number - 1}@hill.example>\r\n" if number else ""
        mail_user.append(f"Message-ID: <tea{number}@hill.example>\r\n{before}Subject: Tea\r\n\r\nTea.\r\n")
    mail_user.append("Message-ID: <other@hill.example>\r\nSubject: Tea\r\n\r\nTea.\r\n")
    mail_user.append("Subject: Tea\r\n\r\nNobody knows me.\r\n")
    with Heard(dovecot.imap_port) as server:
        server.log_in(mail_user.name, mail_user.password)
        server.ask('SELECT "INBOX"')
        for able, uid, found in (
            (frozenset({"THREAD=REFERENCES"}), 3, [1, 2, 3, 4, 5]),
            (frozenset({"SORT"}), 3, [1, 2, 3, 4, 5]),
            (frozenset[str](), 7, [7]),
        ):
            conversation_of(server, able, uid, ROW)
            assert [int(one) for one in re.findall(rb"UID (\d+)", server.answer)] == found


def test_a_password_may_hold_marks(dovecot: Dovecot) -> None:
    dovecot.add_user("marks@example.test", 'a"b\\c')
    with BareImap(dovecot.imap_port) as server:
        server.log_in("marks@example.test", 'a"b\\c')
        assert b"INBOX" in server.ask('LIST "" "INBOX"')
