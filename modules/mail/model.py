"""The vocabulary of mail: what a mailbox, a message and its parts are. Values only, no input or output."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import ClassVar, Self
from urllib.parse import quote, quote_plus

from core import Count, Line, Sentence
from modules.mail.names import usual_name
from modules.mail.parts import Part

_PART = re.compile(r"[1-9][0-9]{0,3}(\.[1-9][0-9]{0,3}){0,100}", re.ASCII)
_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_LONE_SLASH = re.compile(r"^/|(?<=/)/|/$")
# What no browser rewrites and no address escapes, as most names are.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*", re.ASCII)
_USUAL_ADDRESS = re.compile(r"[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+", re.ASCII)
_DOTS = re.compile(r"(?<![^/])\.{1,2}(?![^/])")
_UNSAFE_SEGMENT = re.compile(r"=[0-9A-F]{2}", re.ASCII)

SEEN, ANSWERED, FLAGGED, DELETED, DRAFT = "\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft"
FORWARDED, JUNK, NOT_JUNK, MDN_SENT = "$Forwarded", "$Junk", "$NotJunk", "$MDNSent"


class Uid(Count):
    """A message's unique identifier in its mailbox (RFC 9051 2.3.1.1)."""

    __slots__ = ()
    least: ClassVar[int] = 1
    most: ClassVar[int] = 2**32 - 1


class AccountName(str):
    """The short name of one mail store in addresses of pages: lower-case letters, digits and hyphens."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError when the text cannot be an account's name."""
        if not _ACCOUNT.fullmatch(text):
            raise ValueError(Sentence("is not an account name"))
        return cls(text)


class MailboxName(Line):
    """A mailbox's whole name, decoded to Unicode, with the server's own hierarchy delimiter."""

    __slots__ = ()
    longest: ClassVar[int] = 500

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Read a name from an address or a form; raise ValueError with the reason."""
        if not text:
            raise ValueError(Sentence("is empty"))
        return super().parse(text)

    @classmethod
    def of_path(cls, text: str, /) -> Self:
        """Read a name that `path` wrote."""
        return cls.parse(_UNSAFE_SEGMENT.sub(lambda found: chr(int(found[0][1:], 16)), text))

    @property
    def path(self) -> str:
        """The name as the middle of an address: slashes stay, what browsers would rewrite is escaped as =XX."""
        if _PLAIN_NAME.fullmatch(self):
            return str(self)
        escaped = self.replace("=", "=3D").replace("\\", "=5C")
        slashes = _LONE_SLASH.sub("=2F", escaped)
        dots = _DOTS.sub(lambda found: found[0].replace(".", "=2E"), slashes)
        return quote(dots, safe="/=")


class MailboxPath(MailboxName):
    """A mailbox's name as it stands in an address (see `MailboxName.path`)."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Read the name from an address; raise ValueError with the reason."""
        return cls(MailboxName.of_path(text))


class PartNumber(str):
    """The number of one part of a message, as in BODY[1.2] (RFC 9051 6.4.5)."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError when the text is not a part number."""
        if not _PART.fullmatch(text):
            raise ValueError(Sentence("is not a part number"))
        return cls(text)


class EmailAddress(str):
    """One address, local part and domain, without a display name."""

    __slots__ = ()
    longest: ClassVar[int] = 320

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the field's name."""
        address = Line.parse(text).strip()
        local, at, domain = address.rpartition("@")
        if not at or not local or not domain or len(address) > cls.longest:
            raise ValueError(Sentence("is not an email address"))
        if any(character in address for character in ' <>()[]:;,\\"') and not local.startswith('"'):
            raise ValueError(Sentence("is not an email address"))
        return cls(address)

    @property
    def domain(self) -> str:
        """What follows the last @, in lower case."""
        return self.rpartition("@")[2].lower()


@dataclass(frozen=True)
class Correspondent:
    """A display name and an address as a message's header gives them; broken mail may hold anything in either."""

    name: str
    address: str

    @property
    def query(self) -> str:
        """The address as it stands in the query of a page."""
        usual = _USUAL_ADDRESS.fullmatch(self.address)
        return self.address.replace("@", "%40") if usual else quote_plus(self.address)

    @cached_property
    def label(self) -> str:
        """What a list shows: the name, else the address. A name with an @ in it could be taken for an address."""
        return ("" if set("@\uff20\ufe6b") & set(self.name) else self.name) or self.address or self.name or "(nobody)"


class Role(Enum):
    """What a mailbox is for (RFC 6154)."""

    INBOX = "inbox"
    DRAFTS = "drafts"
    SENT = "sent"
    ARCHIVE = "archive"
    JUNK = "junk"
    TRASH = "trash"
    ALL = "all"
    FLAGGED = "flagged"


@dataclass(frozen=True)
class Mailbox:
    """One mailbox in the list of mailboxes. Counts are None where the server was not asked or cannot say."""

    name: MailboxName
    delimiter: str | None = "/"
    role: Role | None = None
    selectable: bool = True
    subscribed: bool = True
    messages: int | None = None
    unseen: int | None = None

    @property
    def label(self) -> str:
        """What people call it: its own name, in their language where it has a use and the name that servers give it."""
        return usual_name(self.leaf) if self.role is not None else self.leaf

    @property
    def leaf(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(self.delimiter)[2] if self.delimiter else str(self.name)

    @property
    def depth(self) -> int:
        """How many mailboxes this one lies below by its name."""
        return self.name.count(self.delimiter) if self.delimiter else 0


@dataclass(frozen=True)
class MailboxState:
    """What tells whether a mailbox changed (RFC 7162): equal states mean an unchanged mailbox."""

    uidvalidity: int
    uidnext: int
    messages: int
    unseen: int
    highestmodseq: int | None = None


@dataclass(frozen=True)
class Envelope:
    """The decoded header fields that people look at. Dates carry a zone; None where absent or unreadable."""

    subject: str = ""
    sender: tuple[Correspondent, ...] = ()
    reply_to: tuple[Correspondent, ...] = ()
    to: tuple[Correspondent, ...] = ()
    cc: tuple[Correspondent, ...] = ()
    bcc: tuple[Correspondent, ...] = ()
    date: datetime | None = None
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def kin(self) -> tuple[str, ...]:
        """Identifiers that messages of the same conversation are likely to have or to name; its own comes last.

        The first and the last of References (RFC 5322 3.6.4), what it answers, and its own, each once.
        """
        named = (*self.references[:1], *self.references[-1:], *self.in_reply_to[:1], self.message_id)
        return tuple(identifier for identifier in dict.fromkeys(named) if identifier)


@dataclass(frozen=True)
class MessageRow:
    """What one row of a message list shows."""

    uid: Uid
    envelope: Envelope
    flags: frozenset[str]
    size: int
    received: datetime
    preview: str = ""
    has_attachments: bool = False

    @property
    def seen(self) -> bool:
        """Whether it was read."""
        return SEEN in self.flags

    @property
    def starred(self) -> bool:
        """Whether it is flagged."""
        return FLAGGED in self.flags

    @property
    def answered(self) -> bool:
        """Whether it was answered."""
        return ANSWERED in self.flags

    @property
    def draft(self) -> bool:
        """Whether it is a draft."""
        return DRAFT in self.flags


class Order(Enum):
    """How a message list is sorted."""

    NEWEST = "newest"
    OLDEST = "oldest"
    SENDER = "sender"
    SUBJECT = "subject"
    LARGEST = "largest"

    @property
    def label(self) -> str:
        """What people read."""
        return self.name.capitalize() + (" first" if self in (Order.NEWEST, Order.OLDEST, Order.LARGEST) else "")


@dataclass(frozen=True)
class Query:
    """What to search for; empty fields ask for nothing, `above` for what came after a UID, and days begin in a zone."""

    words: tuple[str, ...] = ()
    sender: str = ""
    to: str = ""
    subject: str = ""
    body: str = ""
    after: datetime | None = None
    before: datetime | None = None
    larger: int | None = None
    smaller: int | None = None
    seen: bool | None = None
    flagged: bool | None = None
    answered: bool | None = None
    has_attachments: bool | None = None
    keyword: str = ""
    above: Uid | None = None


@dataclass(frozen=True)
class Rows:
    """One window of a message list: `start` counts from 0 in the asked order, `total` is the whole list's length."""

    rows: tuple[MessageRow, ...]
    start: int
    total: int
    state: MailboxState
    sorted_as_asked: bool = True


@dataclass(frozen=True)
class StoredMessage:
    """A message as its server describes it, without its bodies. `header` is its raw header block, bounded."""

    uid: Uid
    flags: frozenset[str]
    size: int
    received: datetime
    header: bytes
    structure: Part


@dataclass(frozen=True)
class Quota:
    """How much of the store is used, in octets."""

    used: int
    limit: int
