"""The protocols by which mail's pages reach a mail store and a submission server; imap and smtp offer them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from core import Refusal
from modules.mail.model import (
    AccountName,
    Mailbox,
    MailboxName,
    MailboxState,
    Order,
    PartNumber,
    Query,
    Quota,
    Role,
    Rows,
    StoredMessage,
    Uid,
)


@dataclass(frozen=True)
class MailAccount:
    """One mail store of a user; its address and the name before it in what they send, where they are known."""

    name: AccountName
    address: str = ""
    display_name: str = ""


@dataclass(frozen=True)
class Appended:
    """Where an appended message went. The UID is None where the server does not tell and it could not be found."""

    mailbox: MailboxName
    uid: Uid | None


@dataclass(frozen=True)
class Moved:
    """Which messages went where. `uids` are the new ones where the server tells them (UIDPLUS), else empty.

    They count as long as the mailbox that they went to has this `uidvalidity`.
    """

    mailbox: MailboxName
    uids: tuple[Uid, ...]
    count: int
    uidvalidity: int = 0


class Around(NamedTuple):
    """Where a message stands in a list of `total` messages: its position from 0, and the UIDs above and below it.

    Nones where there is none, and for a message that is not in the list.
    """

    above: Uid | None = None
    below: Uid | None = None
    position: int | None = None
    total: int | None = None


class MailStore(Protocol):
    """One account's mail for the length of one request.

    Every method may raise UpstreamError (the server failed or refused; the sentence says why) and, where a mailbox or
    message is named, NotFound. A method that names a UIDVALIDITY raises Conflict when the mailbox was made anew.
    """

    @property
    def account(self) -> AccountName:
        """The account this store is."""
        ...

    @property
    def keywords_kept(self) -> bool:
        """Whether the mailbox selected last keeps user keywords such as $Junk."""
        ...

    def mailboxes(self, *, counts: bool = True) -> tuple[Mailbox, ...]:
        """All mailboxes as people expect them: INBOX, those with a role, the rest by name, children after parents."""
        ...

    def foresee(
        self, mailbox: MailboxName, start: int, limit: int, order: Order = Order.NEWEST, query: Query | None = None
    ) -> None:
        """Say that these rows will be asked for, so that what they need may come with the list of mailboxes.

        Nothing is asked for now, and no mailbox need be there.
        """
        ...

    def recall_mailboxes(self) -> tuple[Mailbox, ...]:
        """All mailboxes with counts as they were when they were listed last; they are listed now where they never were.

        For those who ask what a mailbox is called and for what it is, not how many messages it has.
        """
        ...

    def state(self, mailbox: MailboxName) -> MailboxState:
        """The mailbox's counters, asked for cheaply."""
        ...

    def role_mailbox(self, role: Role, *, create: bool = False) -> MailboxName | None:
        """The mailbox with this role: by the user's assignment, SPECIAL-USE, usual names; else created if asked."""
        ...

    def rows(
        self, mailbox: MailboxName, start: int, limit: int, order: Order = Order.NEWEST, query: Query | None = None
    ) -> Rows:
        """A window of the message list. A start beyond the end gives the last full window."""
        ...

    def neighbours(
        self, mailbox: MailboxName, uid: Uid, order: Order = Order.NEWEST, query: Query | None = None
    ) -> Around:
        """Where a message stands in the list of those that match."""
        ...

    def uids(self, mailbox: MailboxName, query: Query | None = None) -> tuple[Uid, ...]:
        """All UIDs that match, in ascending order."""
        ...

    def conversation(self, mailbox: MailboxName, uid: Uid, *, nearby: bool = False) -> tuple[Uid, ...]:
        """The UIDs of this message's thread in this mailbox, oldest first, itself included.

        With `nearby` a large mailbox is looked through only around the message, which takes no time.
        """
        ...

    def related(
        self,
        mailbox: MailboxName,
        identifiers: Sequence[str],
        *,
        after: datetime,
        before: datetime,
        shown: MailboxName,
    ) -> Rows:
        """Rows of messages that have one of these Message-IDs or name one as what they answer, oldest first.

        Only of those that arrived between two days, and in large mailboxes of the newest, so that nobody waits long.
        What is kept open for the mailbox that is `shown` meanwhile stays so.
        """
        ...

    def rows_of(self, mailbox: MailboxName, uids: Sequence[Uid]) -> Rows:
        """Rows for named messages, in the given order; those that vanished are left out."""
        ...

    def message(
        self, mailbox: MailboxName, uid: Uid, *, with_state: bool = False, order: Order | None = None
    ) -> StoredMessage:
        """Header, flags and body structure of one message; nothing is marked seen.

        With `with_state` the mailbox's counters are learned too, so that asking for them costs nothing then; with an
        `order` so may be what its neighbours are in a list of that order, and the mailboxes that are to be recalled.
        """
        ...

    def recall_message(self, mailbox: MailboxName, uid: Uid) -> StoredMessage:
        """The same without asking, where this session was shown the message within the last seconds.

        For what belongs to its page, such as its text. The flags are those of then.
        """
        ...

    def part(self, mailbox: MailboxName, uid: Uid, number: PartNumber, *, most: int) -> bytes:
        """One part's octets with the transfer encoding undone, cut after `most`."""
        ...

    def end_of_part(self, mailbox: MailboxName, uid: Uid, number: PartNumber, *, most: int) -> bytes:
        """The last octets of a part with the transfer encoding undone, at most so many; the rest is not fetched.

        Nothing where the encoding can only be undone from the beginning.
        """
        ...

    def stream_part(self, mailbox: MailboxName, uid: Uid, number: PartNumber) -> Iterator[bytes]:
        """One part's octets with the transfer encoding undone, in bounded chunks; never held whole."""
        ...

    def source(self, mailbox: MailboxName, uid: Uid) -> Iterator[bytes]:
        """The whole message as stored, in bounded chunks."""
        ...

    def expect(self, mailbox: MailboxName, uidvalidity: int) -> None:
        """Take UIDs for those of this UIDVALIDITY: what is done in a mailbox that has another one raises Conflict."""
        ...

    def flag(
        self, mailbox: MailboxName, uids: Iterable[Uid], *, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> int:
        """Add and remove flags and keywords; the UIDVALIDITY of the mailbox."""
        ...

    def move(self, mailbox: MailboxName, uids: Sequence[Uid], target: MailboxName) -> Moved:
        """Move messages (MOVE, else COPY, STORE and UID EXPUNGE; never expunges other messages)."""
        ...

    def copy(self, mailbox: MailboxName, uids: Sequence[Uid], target: MailboxName) -> Moved:
        """Copy messages."""
        ...

    def erase(self, mailbox: MailboxName, uids: Sequence[Uid]) -> int:
        """Remove messages for good, and no others; the number asked for."""
        ...

    def empty(self, mailbox: MailboxName) -> int:
        """Remove every message of a mailbox for good; the number removed."""
        ...

    def append(
        self, mailbox: MailboxName, message: bytes, flags: Iterable[str] = (), received: datetime | None = None
    ) -> Appended:
        """Store a message (CRLF line ends)."""
        ...

    def find_message_id(self, mailbox: MailboxName, message_id: str) -> Uid | None:
        """The newest message with this Message-ID."""
        ...

    def create(self, mailbox: MailboxName) -> MailboxName:
        """Make a mailbox and subscribe to it; its whole name, which the server's rules may have lengthened."""
        ...

    def rename(self, mailbox: MailboxName, new: MailboxName) -> MailboxName:
        """Rename a mailbox and those below it; subscriptions follow. The whole new name."""
        ...

    def delete(self, mailbox: MailboxName) -> None:
        """Delete a mailbox with its messages; the subscription goes too."""
        ...

    def subscribe(self, mailbox: MailboxName, subscribed: bool) -> None:
        """Subscribe to a mailbox or stop it."""
        ...

    def quota(self) -> Quota | None:
        """The storage quota of INBOX, or None where the server has none."""
        ...


@dataclass(frozen=True)
class Refused:
    """One recipient the submission server would not take, and its words."""

    address: str
    reason: str


class SubmissionRefused(Refusal):
    """The submission server took the message for nobody. The draft is kept; `refused` says whom and why."""

    def __init__(self, reason: str, *refused: Refused) -> None:
        super().__init__(reason)
        self.refused = refused


@dataclass(frozen=True)
class Submitted:
    """What became of a submission: whom the server took it for, and whom not."""

    accepted: tuple[str, ...]
    refused: tuple[Refused, ...] = ()


class Submission(Protocol):
    """Where outgoing mail is handed in (RFC 6409)."""

    def submit(
        self, return_path: str, recipients: Sequence[str], message: bytes, *, receipt: bool = False
    ) -> Submitted:
        """Hand in a message; with `receipt` its delivery is reported where servers can do that (RFC 3461).

        Raises SubmissionRefused when nobody gets it, UpstreamError when the server failed.
        """
        ...

    def largest(self) -> int | None:
        """The size in octets the server takes, if it says (RFC 1870)."""
        ...


@dataclass(frozen=True)
class SubmissionLater:
    """For what seldom sends: whether the account can send at all is found out when it has to.

    `open` raises UpstreamError where it cannot.
    """

    open: Callable[[], AbstractContextManager[Submission]]
