"""What the compose page's addresses and forms hold."""

import re
from enum import Enum
from typing import ClassVar, Self

from core import (
    Line,
    Sentence,
    Text,
    Upload,
    form,
    inputs,
    path,
    query,
    upload,
)
from modules.compose.results import BodyFormat, Mode
from modules.compose.uploads import Token, UploadId
from modules.mail.api import AccountName, MailboxName, Uid

_KEPT = re.compile(r"(original|draft):(message|[1-9][0-9]{0,3}(?:\.[1-9][0-9]{0,3}){0,40})", re.ASCII)
ORIGINAL, DRAFT, WHOLE = "original", "draft", "message"


class Addresses(Text):
    """What stands in To, Cc or Bcc."""

    __slots__ = ()
    longest: ClassVar[int] = 200_000


class Subject(Text):
    """What stands in the subject's field, on one line or, pasted, on several."""

    __slots__ = ()
    longest: ClassVar[int] = 2000


class RichBody(Text):
    """A formatted text with the pictures that were pasted into it."""

    __slots__ = ()
    longest: ClassVar[int] = 8_000_000


class KeptPart(Line):
    """A part of the original message or of the draft that goes on with this one: `original:2`, `draft:message`."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError unless the text names a part."""
        if not _KEPT.fullmatch(text):
            raise ValueError(Sentence("is not a part of a message"))
        return cls(text)

    @property
    def of(self) -> str:
        """Of which message it is a part."""
        return self.partition(":")[0]

    @property
    def number(self) -> str:
        """Which part it is."""
        return self.partition(":")[2]


class SendAction(Enum):
    """What is to be done with the written message."""

    SEND = "send"
    SAVE = "save"
    DISCARD = "discard"


@inputs
class Beginning:
    """What a new message begins with: another message, a draft, or the fields of a mailto link.

    `images` says that the reader of the other message wanted to see its images of other machines.
    """

    mode: Mode = query(Mode.NEW)
    account: AccountName | None = query(None)
    mailbox: MailboxName | None = query(None)
    uid: Uid | None = query(None)
    draft: Uid | None = query(None)
    to: Addresses = query(Addresses(""))
    cc: Addresses = query(Addresses(""))
    bcc: Addresses = query(Addresses(""))
    subject: Subject = query(Subject(""))
    body: Text = query(Text(""))
    images: bool = query(False)


@inputs
class Written:
    """The compose form as it was submitted."""

    files: tuple[Upload, ...] = upload((), most=1000)
    token: Token = form()
    mode: Mode = form(Mode.NEW)
    account: AccountName | None = form(None)
    mailbox: MailboxName | None = form(None)
    uid: Uid | None = form(None)
    draft: Uid | None = form(None)
    draft_mailbox: MailboxName | None = form(None)
    sender: Line = form(Line(""))
    to: Addresses = form(Addresses(""))
    cc: Addresses = form(Addresses(""))
    bcc: Addresses = form(Addresses(""))
    subject: Subject = form(Subject(""))
    body: Text = form(Text(""))
    html: RichBody = form(RichBody(""))
    format: BodyFormat = form(BodyFormat.PLAIN)
    receipt: bool = form(False)
    upload: tuple[UploadId, ...] = form(())
    keep: tuple[KeptPart, ...] = form(())
    action: SendAction = form(SendAction.SEND)


@inputs
class NewFiles:
    """Files uploaded while a message is written."""

    token: Token = form()
    files: tuple[Upload, ...] = upload((), most=1000)


@inputs
class OneUpload:
    """One uploaded file."""

    id: UploadId = path()
