"""Where what is written is kept, and how little is asked for that."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

import pytest

from core import NotFound, Sentence
from modules.compose.filing import file_message
from modules.compose.message import File, Outgoing, build_message, own_copy
from modules.compose.module import send_page
from modules.mail.api import Appended, Correspondent, Mailbox, MailboxName, MailStore, Role, Uid
from tests.modules.compose.desk import Desk

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SENT, OTHER = MailboxName("Sent"), MailboxName("Gone out")


@dataclass
class Shelf:
    """A mail store that says what was asked of it; `gone` are mailboxes that were deleted since they were listed."""

    listed: tuple[Mailbox, ...] = (Mailbox(SENT, role=Role.SENT),)
    gone: tuple[MailboxName, ...] = ()
    now: MailboxName | None = OTHER
    asked: list[str] = field(default_factory=list)

    def recall_mailboxes(self) -> tuple[Mailbox, ...]:
        return self.listed

    def role_mailbox(self, role: Role, *, create: bool = False) -> MailboxName | None:
        self.asked.append(f"list {role.value}")
        return self.now

    def append(self, mailbox: MailboxName, message: bytes, flags: object, received: datetime) -> Appended:
        self.asked.append(f"append {mailbox}")
        if mailbox in self.gone:
            raise NotFound(Sentence("It is gone."))
        return Appended(mailbox, Uid(1))


def filed(shelf: Shelf) -> Appended | None:
    return file_message(cast(MailStore, shelf), Role.SENT, b"", [], NOON)  # it has all that is asked of a store


def test_a_message_goes_where_the_last_list_says_without_another_list() -> None:
    shelf = Shelf()
    assert filed(shelf) == Appended(SENT, Uid(1))
    assert shelf.asked == ["append Sent"]


def test_where_the_mailbox_is_gone_it_is_looked_for() -> None:
    shelf = Shelf(gone=(SENT,))
    assert filed(shelf) == Appended(OTHER, Uid(1))
    assert shelf.asked == ["append Sent", f"list {Role.SENT.value}", "append Gone out"]


def test_where_none_was_listed_it_is_looked_for_or_made() -> None:
    shelf = Shelf(listed=())
    assert filed(shelf) == Appended(OTHER, Uid(1))
    assert filed(Shelf(listed=(), now=None)) is None


def test_a_copy_has_the_octets_that_were_sent() -> None:
    opened: list[str] = []

    def read() -> Iterator[bytes]:
        opened.append("file")
        yield b"x" * 1000

    open_letter = Outgoing(
        Correspondent("Ann", "ann@garden.example"),
        NOON,
        "<1@garden.example>",
        to=(Correspondent("", "bob@garden.example"),),
        text="Hello\n",
        attachments=(File("a.bin", "application/octet-stream", 1000, read),),
    )
    sent = build_message(open_letter)
    assert own_copy(open_letter, sent) == sent and opened == ["file"]


def test_only_ones_own_copy_tells_whom_it_went_to_blindly() -> None:
    hidden = Outgoing(
        Correspondent("Änn", "ann@garden.example"),
        NOON,
        "<1@garden.example>",
        bcc=(Correspondent("", "eve@garden.example"),),
        subject="Grüße",
        text="Hello\n",
        html="<p>Hello</p>",
    )
    sent = build_message(hidden)
    copy = own_copy(hidden, sent)
    assert b"eve@" not in sent
    assert copy.replace(b"Bcc: eve@garden.example\r\n", b"") == sent != copy


@pytest.mark.servers
def test_a_copy_is_kept_where_sent_was_renamed_meanwhile(desk: Desk) -> None:
    desk.ask(send_page, desk.write())
    desk.user.run("RENAME", "Sent", '"Sent of old"')
    desk.ask(send_page, desk.write())
    assert [len(desk.user.messages(name)) for name in ("Sent", "Sent of old")] == [1, 1]
