"""What mail's handlers find out and mail's outputs show: the results of its pages."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from core import Undo
from modules.mail.judging import FileJudgement
from modules.mail.model import AccountName, Envelope, Mailbox, MailboxName, MessageRow, Order, Quota, Role, Rows, Uid
from modules.mail.parts import Enclosed, Part


@dataclass(frozen=True)
class Sidebar:
    """The account's mailboxes beside every mail page."""

    account: AccountName
    address: str
    mailboxes: tuple[Mailbox, ...]
    quota: Quota | None = None

    @property
    def main(self) -> tuple[Mailbox, ...]:
        """INBOX and the mailboxes with a role."""
        return tuple(mailbox for mailbox in self.mailboxes if mailbox.role is not None)

    @property
    def others(self) -> tuple[Mailbox, ...]:
        """The user's own mailboxes."""
        return tuple(mailbox for mailbox in self.mailboxes if mailbox.role is None)


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

    @property
    def path(self) -> str:
        """The address of this mailbox's list."""
        return f"/mail/{self.account}/{self.mailbox.name.path}/"

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
class Attachment:
    """One attachment of the open message."""

    number: str
    filename: str
    media_type: str
    size: int
    inline: bool = False
    enclosed: Enclosed | None = None


@dataclass(frozen=True)
class JudgedFile:
    """One attachment and what is known of it."""

    attachment: Attachment
    judgement: FileJudgement


@dataclass(frozen=True)
class FileStrip:
    """The attachments of a message, or of one `within` it, with what is known of them.

    `judged` says that somebody judges files here, `looked` that the content was looked at too; of a list that is too
    long `unlooked` were not. `full` says why each thing matters; `one` says that only one file was asked for.
    """

    path: str
    outer_path: str
    within: str
    files: tuple[JudgedFile, ...]
    judged: bool = False
    looked: bool = False
    full: bool = False
    one: bool = False
    unlooked: int = 0

    @property
    def asked(self) -> str:
        """The query that asks for the same message's files."""
        return f"within={self.within}&" if self.within else ""

    @property
    def numbers(self) -> str:
        """The query that asks for the first of these files."""
        return "&".join(f"number={file.attachment.number}" for file in self.files[:60])

    @property
    def warns(self) -> bool:
        """Whether people are told before they get all of them."""
        return bool(self.unlooked) or any(file.judgement.warns for file in self.files)


class BodyKind(Enum):
    """What the message's frame shows."""

    HTML = "html"
    PLAIN = "plain"
    NONE = "none"


@dataclass(frozen=True)
class Letter:
    """What is read: a message of a mailbox, or the one within it that is its part of this number.

    `header` is its raw header block; the numbers of its structure are those of the whole message.
    """

    account: AccountName
    mailbox: MailboxName
    uid: Uid
    header: bytes = field(repr=False)
    structure: Part
    size: int
    number: str = ""
    filename: str = ""

    @property
    def outer_path(self) -> str:
        """The address of the message in its mailbox."""
        return f"/mail/{self.account}/{self.mailbox.path}/{self.uid}"

    @property
    def path(self) -> str:
        """The address of this message itself."""
        return enclosed_path(self.outer_path, self.number) if self.number else self.outer_path

    def part_path(self, number: str) -> str:
        """The address at which a part of it is saved."""
        return f"{self.outer_path}/part/{number}"


def enclosed_path(outer: str, number: str) -> str:
    """The address of a message within a message."""
    return f"{outer}/part/{number}/message"


class Shown:
    """What an open message and a message within it have in common."""

    attachments: tuple[Attachment, ...]
    kind: BodyKind
    has_html: bool
    remote_allowed: bool
    trackers: tuple[str, ...]
    bare: bool
    themed: bool
    darkens: bool

    @property
    def path(self) -> str:
        """The address of this message."""
        raise NotImplementedError

    @property
    def frame_path(self) -> str:
        """The address of the document that shows the body."""
        if self.kind is BodyKind.PLAIN and self.has_html:
            return f"{self.path}/frame?plain=1"
        return self._frame(bare=self.bare, original=self.darkens and not self.themed)

    @property
    def paper_path(self) -> str:
        """The same for paper, which is light."""
        return self._frame(bare=self.bare, original=True) if self.kind is BodyKind.HTML else self.frame_path

    def _frame(self, **options: bool) -> str:
        wanted = "&".join(f"{name}=1" for name, value in options.items() if value)
        remote = "/remote" if self.remote_allowed else ""
        return f"{self.path}/frame{remote}{f'?{wanted}' if wanted else ''}"

    @property
    def tracker_names(self) -> tuple[str, ...]:
        """Who counts readers of this message, each of them once."""
        return tuple(sorted(set(self.trackers), key=str.casefold))

    @property
    def files(self) -> tuple[Attachment, ...]:
        """The attachments that are no messages."""
        return tuple(one for one in self.attachments if one.enclosed is None)

    @property
    def messages(self) -> tuple[Attachment, ...]:
        """The attachments that are messages."""
        return tuple(one for one in self.attachments if one.enclosed is not None)


@dataclass(frozen=True)
class EnclosedView(Shown):
    """An open message within a message. It has no flags and no place of its own, and nobody vouches for its header."""

    letter: Letter
    outer: Envelope
    envelope: Envelope
    attachments: tuple[Attachment, ...]
    kind: BodyKind
    has_html: bool
    has_plain: bool
    withheld: int
    remote_allowed: bool
    notices: tuple[str, ...] = ()
    can_show: bool = False
    trackers: tuple[str, ...] = ()
    marked: int = 0
    bare: bool = False
    themed: bool = False
    darkens: bool = False

    @property
    def path(self) -> str:
        """The address of this message."""
        return self.letter.path

    @property
    def part_base(self) -> str:
        """The address below which its parts are."""
        return f"{self.letter.outer_path}/part"

    @property
    def received(self) -> None:
        """No server received it by itself."""
        return None


@dataclass(frozen=True)
class MessageView(Shown):
    """One open message without its bodies, which live in a frame of their own. `header` is its raw header block."""

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
    trackers: tuple[str, ...] = ()
    marked: int = 0
    bare: bool = False
    themed: bool = False
    darkens: bool = False
    header: bytes = field(default=b"", repr=False)

    @property
    def list_path(self) -> str:
        """The address of the list it is in."""
        return f"/mail/{self.account}/{self.mailbox.name.path}/"

    @property
    def path(self) -> str:
        """The address of this message."""
        return f"{self.list_path}{self.uid}"

    @property
    def part_base(self) -> str:
        """The address below which its parts are."""
        return f"{self.path}/part"

    @property
    def image_address(self) -> str:
        """Whose images could be shown from now on; empty where the message has no sender, or several."""
        return self.envelope.sender[0].address if len(self.envelope.sender) == 1 else ""


@dataclass(frozen=True)
class Conversation:
    """The other messages of the open message's thread in its mailbox, oldest first."""

    list_path: str
    rows: tuple[MessageRow, ...] = ()


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
    unseen: int | None = None


@dataclass(frozen=True)
class FolderPage:
    """The page that manages mailboxes."""

    account: AccountName
    mailboxes: tuple[Mailbox, ...]
    roles: tuple[tuple[Role, MailboxName | None], ...]
