"""What the compose page shows and what scripts learn from its forms: the results of its pages.

The page's one form posts to /compose with the fields of `ComposeForm` by their names: token, mode, account, mailbox,
uid, draft, draft_mailbox, sender, to, cc, bcc, subject, body, html, format, receipt (1 or 0), upload and keep (each
repeated), files (uploads, several) and action (send, save or discard). The same form posts to /compose/draft, to
/compose/discard and, with token and files alone, to /compose/attachments.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from core import Sentence
from modules.mail.api import AccountName, MailboxName, Uid


class Mode(Enum):
    """What a message is written for."""

    NEW = "new"
    REPLY = "reply"
    REPLY_ALL = "reply-all"
    FORWARD = "forward"
    FORWARD_ATTACHED = "forward-attached"
    EDIT = "edit"

    @property
    def replies(self) -> bool:
        """Whether the message answers another."""
        return self in (Mode.REPLY, Mode.REPLY_ALL)

    @property
    def forwards(self) -> bool:
        """Whether the message hands another on."""
        return self in (Mode.FORWARD, Mode.FORWARD_ATTACHED)


class BodyFormat(Enum):
    """How a message is written."""

    PLAIN = "plain"
    RICH = "rich"

    @property
    def label(self) -> str:
        """What people read."""
        return {"plain": "Plain text", "rich": "Rich text"}[self.value]


@dataclass(frozen=True)
class SendingIdentity:
    """A name and an address that a user sends as. Modules offer these as services; the first is the usual one."""

    name: str
    address: str
    signature: str = ""
    reply_to: str = ""

    @property
    def label(self) -> str:
        """The name and the address, as people read them."""
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True)
class ComposeAttachment:
    """One file that goes with the message.

    `field` is the name of the hidden form field that keeps it: `upload` for a file that was uploaded here, `keep` for a
    part of the original message or of the draft; `value` is that field's value; `note` is what readers of an upload are
    warned of. Only an upload has a `remove_path`,
    to which a form with the token posts; a kept part is left out by not sending its field.
    """

    field: str
    value: str
    name: str
    media_type: str
    size: int
    note: str = ""

    @property
    def remove_path(self) -> str:
        """Where the form that removes an upload posts to, or nothing."""
        return f"/compose/attachments/{self.value}/remove" if self.field == "upload" else ""


@dataclass(frozen=True)
class ComposeLimits:
    """How much a message may hold, in octets and in number."""

    largest_attachment: int
    largest_message: int
    most_attachments: int


@dataclass(frozen=True)
class ComposeForm:
    """The compose page: the values of every field, and what stands around them.

    `uid`, `account` and `mailbox` name the original that is answered or forwarded, `draft` and `draft_mailbox` the
    draft that the next save replaces; each is None where there is none. `token` names this one composition: what is
    sent with it is sent once. `undo_seconds` is how long scripts hold a message back after Send, 0 for not at all.
    """

    token: str
    mode: Mode
    identities: tuple[SendingIdentity, ...]
    sender: str
    to: str = ""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    body: str = ""
    html: str = ""
    format: BodyFormat = BodyFormat.PLAIN
    receipt: bool = False
    attachments: tuple[ComposeAttachment, ...] = ()
    account: AccountName | None = None
    mailbox: MailboxName | None = None
    uid: Uid | None = None
    draft: Uid | None = None
    draft_mailbox: MailboxName | None = None
    saved_at: datetime | None = None
    limits: ComposeLimits = ComposeLimits(25_000_000, 35_000_000, 100)
    undo_seconds: int = 0
    notices: tuple[str, ...] = ()
    back: str = "/mail/"

    @property
    def title(self) -> str:
        """What the page is called."""
        titles = {
            Mode.REPLY: Sentence("Reply"),
            Mode.REPLY_ALL: Sentence("Reply to all"),
            Mode.FORWARD: Sentence("Forward"),
            Mode.FORWARD_ATTACHED: Sentence("Forward as attachment"),
            Mode.EDIT: Sentence("Draft") if self.draft is not None else Sentence("New message"),
        }
        return self.subject or titles.get(self.mode, Sentence("New message"))

    @property
    def attached(self) -> int:
        """How many octets the attachments have."""
        return sum(attachment.size for attachment in self.attachments)

    @property
    def has_copies(self) -> bool:
        """Whether Cc or Bcc hold something, so that their fields are shown at once."""
        return bool(self.cc or self.bcc)


@dataclass(frozen=True)
class DraftSaved:
    """What scripts learn when a draft was saved: where it is now, when, and its attachments' new fields.

    `uid` is None where the server does not tell it. The attachments replace those that the form had when it was sent.
    """

    uid: int | None
    mailbox: str
    saved_at: datetime
    attachments: tuple[ComposeAttachment, ...] = ()


@dataclass(frozen=True)
class Uploaded:
    """What scripts learn of one uploaded file, and what its readers are warned of."""

    id: str
    name: str
    media_type: str
    size: int
    note: str = ""


@dataclass(frozen=True)
class UploadsKept:
    """What scripts learn after an upload: the files that were taken, `id` to be sent as the field upload."""

    files: tuple[Uploaded, ...]


@dataclass(frozen=True)
class Sent:
    """What scripts learn when a message was sent: a sentence, and whom the server did not take it for."""

    text: str
    refused: tuple[str, ...] = ()
