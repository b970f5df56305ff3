"""The handlers of message lists: mailboxes beside the page, the window of rows, and what changed."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core import Clock, NotFound, Redirect, Sentence, User
from modules.mail.inputs import KnownState, Place, Window
from modules.mail.model import AccountName, Mailbox, MailboxName, MailboxState, Order, Query, Role, Uid
from modules.mail.module import changes_page, enclosed_page, first_page, list_page, message_page, module
from modules.mail.results import MessageList, OpenMailbox, Sidebar
from modules.mail.search import narrow, read_query
from modules.mail.settings import ReadingSettings
from modules.mail.store import MailStore


@dataclass(frozen=True)
class Changes:
    """Whether a mailbox changed since the browser's state of it, and the counts beside all mailboxes."""

    changed: bool
    state: MailboxState
    mailboxes: tuple[Mailbox, ...]


@dataclass(frozen=True)
class Foreseen:
    """What will be read of a list: in which order, how many rows at most, and of which messages."""

    order: Order
    limit: int
    query: Query | None


@dataclass(frozen=True)
class Workspace:
    """How the panes of a mail page stand."""

    panes: str
    opened: bool


def check_account(account: AccountName, store: MailStore) -> None:
    """Raise NotFound for an account that is not this user's."""
    if account != store.account:
        raise NotFound(Sentence("You have no such account."))


def find_mailbox(name: MailboxName, mailboxes: tuple[Mailbox, ...], store: MailStore) -> Mailbox:
    """The named mailbox; one that is not in the list of mailboxes is asked for by name, and may raise NotFound."""
    for mailbox in mailboxes:
        if mailbox.name == name or (name.upper() == "INBOX" and mailbox.role is Role.INBOX):
            if not mailbox.selectable:
                raise NotFound(Sentence("%(name)s holds other folders, but no messages.", name=name))
            return mailbox
    state = store.state(MailboxName(name))
    return Mailbox(MailboxName(name), messages=state.messages, unseen=state.unseen)


def recall_mailbox(name: MailboxName, store: MailStore) -> Mailbox:
    """The named mailbox as it was listed last. Raises NotFound where there is none, also not by now."""
    known = store.recall_mailboxes()
    if name not in [mailbox.name for mailbox in known]:
        # It may be new, and have a use that only the list tells.
        known = store.mailboxes()
    return find_mailbox(name, known, store)


@module.handler(first_page)
def open_inbox(store: MailStore) -> Redirect:
    """The first view is the inbox."""
    return Redirect(f"/mail/{store.account}/INBOX/")


def list_mailboxes(user: User, store: MailStore) -> Sidebar:
    """The account's mailboxes with counts; other modules put this handler on their pages."""
    return Sidebar(store.account, user.name, store.mailboxes(), store.quota())


module.handler(list_page)(list_mailboxes)


@module.handler(list_page, before=(list_mailboxes,))
def foresee_rows(
    place: Place, window: Window, store: MailStore, settings: ReadingSettings, clock: Clock, zone: ZoneInfo
) -> Foreseen:
    """Let the store know which rows follow the list of mailboxes."""
    foreseen = _foreseen(window, settings, clock, zone)
    if place.account == store.account:
        name = MailboxName(place.mailbox)
        store.foresee(name, window.start, foreseen.limit, foreseen.order, foreseen.query)
    return foreseen


def _foreseen(window: Window, settings: ReadingSettings, clock: Clock, zone: ZoneInfo) -> Foreseen:
    query = narrow(read_query(window.q, clock.now().astimezone(zone)), window.show)
    return Foreseen(window.order or settings.order, int(window.limit or settings.page_size), query)


def read_window(
    mailbox: Mailbox,
    window: Window,
    store: MailStore,
    settings: ReadingSettings,
    clock: Clock,
    zone: ZoneInfo,
    *,
    start: int | None = None,
    open_uid: Uid | None = None,
) -> MessageList:
    """The rows that a window asks for."""
    return _read(mailbox, window, store, _foreseen(window, settings, clock, zone), start, open_uid)


def _read(
    mailbox: Mailbox,
    window: Window,
    store: MailStore,
    foreseen: Foreseen,
    start: int | None = None,
    open_uid: Uid | None = None,
) -> MessageList:
    order, limit = foreseen.order, foreseen.limit
    rows = store.rows(mailbox.name, window.start if start is None else start, limit, order, foreseen.query)
    return MessageList(
        store.account, mailbox, rows, order, window.show, str(window.q), limit, rows.sorted_as_asked, open_uid
    )


@module.handler(list_page, after=(list_mailboxes,))
def open_mailbox(place: Place, store: MailStore) -> OpenMailbox:
    """The mailbox whose list it is."""
    check_account(place.account, store)
    return OpenMailbox(recall_mailbox(MailboxName(place.mailbox), store))


@module.handler(list_page)
def read_list(opened: OpenMailbox, foreseen: Foreseen, window: Window, store: MailStore) -> MessageList:
    """The list of one mailbox."""
    return _read(opened.mailbox, window, store, foreseen)


@module.handler(message_page, enclosed_page)
def name_mailbox(messages: MessageList) -> OpenMailbox:
    """The mailbox whose list stands beside a message."""
    return OpenMailbox(messages.mailbox)


@module.handler(list_page)
def arrange_list(settings: ReadingSettings) -> Workspace:
    """The list without an open message."""
    return Workspace(settings.panes.value, opened=False)


@module.handler(changes_page)
def look_for_changes(place: Place, known: KnownState, store: MailStore) -> Changes:
    """Whether the mailbox is another than the browser knows."""
    check_account(place.account, store)
    state = store.state(MailboxName(place.mailbox))
    told = (known.uidvalidity, known.uidnext, known.messages, known.unseen, known.modseq)
    now = (state.uidvalidity, state.uidnext, state.messages, state.unseen, state.highestmodseq)
    return Changes(told != now, state, store.mailboxes())
