"""What mail's handlers find out and mail's outputs show: the results of its pages."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cached_property
from urllib.parse import quote_plus

from core import Undo
from modules.mail.letters import Attachment, BodyKind, Shown
from modules.mail.model import AccountName, Envelope, Mailbox, MailboxName, MessageRow, Order, Quota, Role, Rows, Uid


@dataclass(frozen=True)
class Sidebar:
    """The account's mailboxes beside every mail page."""

    account: AccountName
    address: str
    mailboxes: tuple[Mailbox, ...]
    quota: Quota | None = None

    @property
    def first(self) -> object:
        """What lives as long as these mailboxes are remembered as they are; without any, as long as this."""
        return self.mailboxes[0] if self.mailboxes else self

    @cached_property
    def main(self) -> tuple[Mailbox, ...]:
        """INBOX and the mailboxes with a role."""
        return tuple([mailbox for mailbox in self.mailboxes if mailbox.role is not None])

    @cached_property
    def others(self) -> tuple[Mailbox, ...]:
        """The user's own mailboxes."""
        return tuple([mailbox for mailbox in self.mailboxes if mailbox.role is None])

    @property
    def entries(self) -> list[tuple[Mailbox, str]]:
        """The user's own mailboxes, each with the names above its own where the one before does not tell them."""
        entries: list[tuple[Mailbox, str]] = []
        before: str | None = None
        for mailbox in self.others:
            above = mailbox.name[: -len(mailbox.leaf)] if mailbox.depth else ""
            told = before is not None and f"{before}{mailbox.delimiter}".startswith(above)
            entries.append((mailbox, "" if told else above))
            before = mailbox.name
        return entries

    @property
    def names(self) -> tuple[MailboxName, ...]:
        """The names of those that hold messages."""
        return tuple([mailbox.name for mailbox in self.mailboxes if mailbox.selectable])

    @property
    def told(self) -> tuple[object, ...]:
        """All that is shown of the account and of `main`, without holding them: equal where the same is shown."""
        return self.account, self.address, _told(self.main)

    @property
    def told_of_others(self) -> tuple[object, ...]:
        """The same of the user's own mailboxes."""
        return self.account, _told(self.others)


def _told(mailboxes: tuple[Mailbox, ...]) -> tuple[object, ...]:
    return tuple([(one.name, one.role, one.delimiter, one.selectable, one.messages, one.unseen) for one in mailboxes])


@dataclass(frozen=True)
class OpenMailbox:
    """The mailbox that a page is about, with counts as it was listed last."""

    mailbox: Mailbox


class Show(Enum):
    """Which messages of a mailbox a list shows."""

    ALL = "all"
    UNREAD = "unread"
    STARRED = "starred"


@dataclass(frozen=True)
class MessageList:
    """One window of one mailbox's list, as it was asked for."""

    account: AccountName
    mailbox: Mailbox
    rows: Rows
    order: Order
    show: Show
    search: str
    page_size: int
    sorted_by_server: bool = True
    open_uid: Uid | None = None

    @cached_property
    def path(self) -> str:
        """The address of this mailbox's list."""
        return f"/mail/{self.account}/{self.mailbox.name.path}/"

    @property
    def numbered(self) -> list[tuple[int, MessageRow, int, frozenset[str], bool]]:
        """The rows, each with its place in the whole list, from 1; its UID, its flags, and whether it is open."""
        places = enumerate(self.rows.rows, self.rows.start + 1)
        return [(place, row, int(row.uid), row.flags, row.uid == self.open_uid) for place, row in places]

    @property
    def outgoing(self) -> bool:
        """Whether rows name the recipients instead of the sender."""
        return self.mailbox.role in (Role.SENT, Role.DRAFTS)

    @property
    def newer_start(self) -> int | None:
        """Where the page above starts, if there is one."""
        return max(0, self.rows.start - self.page_size) if self.rows.start > 0 else None

    @property
    def older_start(self) -> int | None:
        """Where the page below starts, if there is one."""
        following = self.rows.start + len(self.rows.rows)
        return following if self.rows.rows and following < self.rows.total else None


@dataclass(frozen=True)
class MessageView(Shown):
    """One open message without its bodies, which live in a frame of their own. `header` is its raw header block.

    `distrusted` says that images of its sender are shown, but this message may not be from them.
    """

    account: AccountName
    mailbox: Mailbox
    uid: Uid
    uidvalidity: int
    envelope: Envelope
    flags: frozenset[str]
    size: int
    received: datetime
    attachments: tuple[Attachment, ...]
    kind: BodyKind
    has_html: bool
    has_plain: bool
    withheld: int
    remote_allowed: bool
    notices: tuple[str, ...] = ()
    newer: Uid | None = None
    older: Uid | None = None
    position: int | None = None
    total: int | None = None
    is_draft: bool = False
    can_show: bool = False
    distrusted: bool = False
    trackers: tuple[str, ...] = ()
    marked: int = 0
    bare: bool = False
    themed: bool = False
    darkens: bool = False
    header: bytes = field(default=b"", repr=False)

    @cached_property
    def list_path(self) -> str:
        """The address of the list it is in."""
        return f"/mail/{self.account}/{self.mailbox.name.path}/"

    @cached_property
    def path(self) -> str:
        """The address of this message."""
        return f"{self.list_path}{self.uid}"

    @property
    def query(self) -> str:
        """What names this message in queries of other pages."""
        name = self.mailbox.name
        quoted = name if name.isascii() and name.isalnum() else quote_plus(name)
        return f"account={self.account}&mailbox={quoted}&uid={self.uid}"

    @property
    def part_base(self) -> str:
        """The address below which its parts are."""
        return f"{self.path}/part"

    @property
    def image_address(self) -> str:
        """Whose images could be shown from now on; empty where the message has no sender, or several."""
        return self.envelope.sender[0].address if len(self.envelope.sender) == 1 else ""


@dataclass(frozen=True)
class Answers:
    """Whether an answer to all of the open message goes to more people than one to its sender."""

    to_others: bool


@dataclass(frozen=True)
class OtherMessage:
    """Another message of a conversation, and the mailbox in which it is."""

    row: MessageRow
    mailbox: Mailbox


@dataclass(frozen=True)
class Conversation:
    """The other messages of the open message's thread, oldest first, from its own mailbox and from others."""

    account: str = ""
    mailbox: Mailbox | None = None
    messages: tuple[OtherMessage, ...] = ()


@dataclass(frozen=True)
class HeaderFields:
    """All header fields of one message, decoded, in order."""

    view: MessageView
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OpenFile:
    """Octets on their way to the browser."""

    filename: str
    media_type: str
    chunks: Iterator[bytes] = field(repr=False)
    size: int | None = None
    inline: bool = False


@dataclass(frozen=True)
class Acted:
    """What an action did, for scripts: a sentence, the messages it changed, and how to take it back."""

    text: str
    uids: tuple[int, ...] = ()
    undo: Undo | None = None


@dataclass(frozen=True)
class FolderPage:
    """The page that manages mailboxes."""

    account: AccountName
    mailboxes: tuple[Mailbox, ...]
    roles: tuple[tuple[Role, MailboxName | None], ...]
