"""What mail's pages accept."""

from enum import Enum
from typing import ClassVar

from core import Count, Line, SitePath, form, inputs, path, query
from modules.mail.model import AccountName, MailboxName, MailboxPath, Order, PartNumber, Uid
from modules.mail.results import Show


class Start(Count):
    """Where a window of a list begins, counted from 0."""

    __slots__ = ()
    most: ClassVar[int] = 100_000_000


class Limit(Count):
    """How many rows a window has."""

    __slots__ = ()
    least: ClassVar[int] = 1
    most: ClassVar[int] = 200


class Counter(Count):
    """One of a mailbox's counters."""

    __slots__ = ()
    most: ClassVar[int] = 2**63 - 1


class SearchText(Line):
    """What was typed into the search box."""

    __slots__ = ()
    longest: ClassVar[int] = 500


@inputs
class AskedAccount:
    """Which account a request names: in its path, in its form or in its query. Pages of a user's mail accept it."""

    of_path: AccountName | None = path(default=None, called="account")
    of_form: AccountName | None = form(default=None, called="account")
    of_query: AccountName | None = query(default=None, called="account")

    @property
    def name(self) -> AccountName | None:
        """The name, if there is one."""
        return self.of_path or self.of_form or self.of_query


@inputs
class Place:
    """Which mailbox."""

    account: AccountName = path()
    mailbox: MailboxPath = path()


@inputs
class MessageAddress:
    """Which message."""

    account: AccountName = path()
    mailbox: MailboxPath = path()
    uid: Uid = path()

    @property
    def mail_path(self) -> str:
        """Where it is read."""
        return f"/mail/{self.account}/{self.mailbox.path}/{self.uid}"


@inputs
class PartAddress:
    """Which part of a message, and whether to show it in the page rather than save it."""

    number: PartNumber = path()
    inline: bool = query(False)
    anyway: bool = query(False)


@inputs
class ArchiveAsked:
    """All attachments, and whether whoever asks knows what is odd about them."""

    anyway: bool = query(False)


@inputs
class FilesAsked:
    """Which attachments to look at, all of them without numbers; and `within` which message within the message."""

    number: tuple[PartNumber, ...] = query(())
    within: PartNumber | None = query(None)
    brief: bool = query(False)


@inputs
class Window:
    """Which rows of the list, in which order, and which of them."""

    start: Start = query(Start(0))
    limit: Limit | None = query(None)
    order: Order | None = query(None)
    show: Show = query(Show.ALL)
    q: SearchText = query(SearchText(""))


@inputs
class ReadingOptions:
    """How to show one message: with remote images, as plain text, with bare links, in its own colours, not yet seen.

    `along` asks for the text with what stands around it.
    """

    images: bool = query(False)
    plain: bool = query(False)
    bare: bool = query(False)
    original: bool = query(False)
    peek: bool = query(False)
    along: bool = query(False)


@inputs
class PaperAsked:
    """Whether the text is shown with all that is printed of its message."""

    paper: bool = query(False)


@inputs
class KnownState:
    """What the browser knows of a mailbox."""

    uidvalidity: Counter | None = query(None)
    uidnext: Counter | None = query(None)
    messages: Counter | None = query(None)
    unseen: Counter | None = query(None)
    modseq: Counter | None = query(None)


class Action(Enum):
    """What can be done with messages."""

    SEEN = "seen"
    UNSEEN = "unseen"
    STAR = "star"
    UNSTAR = "unstar"
    ARCHIVE = "archive"
    TRASH = "trash"
    ERASE = "erase"
    JUNK = "junk"
    NOT_JUNK = "not-junk"
    UNJUDGED = "unjudged"
    MOVE = "move"
    COPY = "copy"


@inputs
class MessageAction:
    """What to do with which messages: named ones, or all that the list shows."""

    action: Action = form()
    uid: tuple[Uid, ...] = form((), most=5000)
    all: bool = form(False)
    q: SearchText = form(SearchText(""))
    show: Show = form(Show.ALL)
    target: MailboxName | None = form(None)
    next: SitePath | None = form(None)
    uidvalidity: Counter | None = form(None)


@inputs
class Afterwards:
    """Where to go afterwards."""

    next: SitePath | None = form(None)


class Whose(Enum):
    """Whose images are shown from now on: those of the message's sender, of their domain, or everybody's."""

    SENDER = "sender"
    DOMAIN = "domain"
    EVERYBODY = "everybody"


@inputs
class ImagesAllowed:
    """Whose images the reader wants to see."""

    whose: Whose = form()
