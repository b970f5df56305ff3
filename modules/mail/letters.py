"""What is read: a message, or a message within it, with its attachments; what pages show of either."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from modules.mail.judging import FileJudgement
from modules.mail.model import AccountName, Envelope, MailboxName, Uid
from modules.mail.parts import Enclosed, Part


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
class ToldParts:
    """The numbers of parts that a module tells of in words above the text; those without a name are no files then."""

    numbers: frozenset[str]


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

    @cached_property
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


class Shown(ABC):
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
    @abstractmethod
    def path(self) -> str:
        """The address of this message."""

    @property
    def frame_path(self) -> str:
        """The address of the document that shows the body."""
        if self.kind is BodyKind.PLAIN and self.has_html:
            return f"{self.path}/frame?plain=1"
        switched = self.kind is BodyKind.HTML and self.darkens and not self.themed
        return self._frame(bare=self.bare, original=switched)

    @property
    def paper_path(self) -> str:
        """The same for paper, which is light."""
        return self._frame(bare=self.bare, original=True) if self.kind is BodyKind.HTML else self.frame_path

    @property
    def paper_document(self) -> str:
        """The address of the whole message as one document for paper."""
        return f"{self.paper_path}{'&' if '?' in self.paper_path else '?'}paper=1"

    def _frame(self, **options: bool) -> str:
        wanted = "&".join([f"{name}=1" for name, value in options.items() if value])
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
        return tuple([one for one in self.attachments if one.enclosed is not None])


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
