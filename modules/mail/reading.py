"""The handlers that open one message: what it is, and what its frame shows."""

from dataclasses import dataclass, replace

from core import Client, Clock, LookSettings, Sentence
from modules.mail.bodies import Bodies, choose_bodies
from modules.mail.charsets import decode
from modules.mail.headers import header_fields, read_envelope
from modules.mail.html import CleanHtml, SafeHtml
from modules.mail.inputs import MessageAddress, ReadingOptions, Window
from modules.mail.lists import Workspace, check_account, find_mailbox, list_mailboxes, read_window
from modules.mail.model import DRAFT, SEEN, MailboxName, PartNumber, Role, StoredMessage, Uid
from modules.mail.module import (
    empty_frame_page,
    frame_page,
    headers_page,
    message_page,
    module,
    print_page,
    remote_frame_page,
)
from modules.mail.parts import Part
from modules.mail.plain import LONGEST, show_plain
from modules.mail.privacy import Privacy
from modules.mail.results import (
    BodyKind,
    Conversation,
    HeaderFields,
    MessageList,
    MessageView,
    Sidebar,
)
from modules.mail.search import narrow, read_query
from modules.mail.settings import ReadingSettings, RemoteImages
from modules.mail.store import MailStore

# The longest text that is fetched to be shown; more is cut with a notice.
LONGEST_BODY = 2_000_000
MOST_IN_CONVERSATION = 100


@dataclass(frozen=True)
class Place:
    """Where an open message stands in its list."""

    newer: Uid | None = None
    older: Uid | None = None
    position: int | None = None


@dataclass(frozen=True)
class Body:
    """What a message's frame shows."""

    kind: BodyKind
    parts: tuple[SafeHtml, ...]
    sheet: str = ""
    body_style: str = ""


@dataclass(frozen=True)
class Opened:
    """A message with its bodies chosen and cleaned; `shows` says whether its frame has the images of other machines."""

    stored: StoredMessage
    bodies: Bodies
    body: Body
    notices: tuple[str, ...]
    shows: bool = False
    withheld: int = 0
    trackers: tuple[str, ...] = ()
    marked: int = 0


def open_message(
    address: MessageAddress, options: ReadingOptions, store: MailStore, settings: ReadingSettings, privacy: Privacy
) -> Opened:
    """Fetch a message's structure and the bodies to show, made safe. Raises NotFound where it is gone."""
    opened = _open(address, options, store, settings, privacy)
    return replace(opened, shows=privacy.shows(options, read_envelope(opened.stored.header)))


module.handler(message_page, headers_page, print_page)(open_message)


@module.handler(frame_page)
def open_withheld(
    address: MessageAddress, options: ReadingOptions, store: MailStore, settings: ReadingSettings, privacy: Privacy
) -> Opened:
    """The same for the frame that shows nothing of other machines."""
    return _open(address, options, store, settings, privacy)


@module.handler(remote_frame_page)
def open_remote(
    address: MessageAddress, options: ReadingOptions, store: MailStore, settings: ReadingSettings, privacy: Privacy
) -> Opened:
    """The same for the frame whose reader allowed remote images."""
    return _open(address, options, store, settings, privacy, remote=True)


def _open(
    address: MessageAddress,
    options: ReadingOptions,
    store: MailStore,
    settings: ReadingSettings,
    privacy: Privacy,
    *,
    remote: bool = False,
) -> Opened:
    check_account(address.account, store)
    mailbox = MailboxName(address.mailbox)
    stored = store.message(mailbox, address.uid)
    bodies = choose_bodies(stored.structure)
    as_plain = bool(bodies.plain) and (options.plain or settings.prefer_plain or bodies.html is None)
    if as_plain or bodies.html is None:
        return _open_plain(mailbox, stored, bodies, store)
    text = decode(
        store.part(mailbox, stored.uid, PartNumber(bodies.html.number), most=LONGEST_BODY + 1), bodies.html.charset
    )
    inline = {content_id: part_path(address, number) for content_id, number in bodies.inline.items()}
    bare = privacy.bares_links(options)
    clean: CleanHtml = privacy.clean(message_path(address), text, inline, remote=remote, bare=bare)
    body = Body(BodyKind.HTML, (clean.body,), clean.sheet, clean.body_style)
    notices = (*bodies.notices, *clean.notices)
    return Opened(stored, bodies, body, notices, False, clean.withheld, clean.trackers, clean.marked)


def _marks_seen(options: ReadingOptions, settings: ReadingSettings, client: Client) -> bool:
    """Whether opening a message marks it seen.

    It does not where the message is only looked at ahead, where the user marks messages by hand, and where no page of
    this site and nobody at the browser's own controls asked for it: what another site leads to changes nothing.
    """
    return settings.mark_seen and not options.peek and client.asked_here


@module.handler(message_page, after=(open_message,))
def mark_seen(
    address: MessageAddress,
    options: ReadingOptions,
    opened: Opened,
    store: MailStore,
    settings: ReadingSettings,
    client: Client,
) -> None:
    """Mark an opened message seen, where opening it does that."""
    if _marks_seen(options, settings, client) and SEEN not in opened.stored.flags:
        store.flag(MailboxName(address.mailbox), [address.uid], add=[SEEN])


module.handler(message_page, after=(mark_seen,))(list_mailboxes)
module.handler(headers_page, print_page)(list_mailboxes)


@module.handler(message_page, headers_page, print_page)
def find_place(
    address: MessageAddress,
    window: Window,
    store: MailStore,
    settings: ReadingSettings,
    clock: Clock,
    look: LookSettings,
) -> Place:
    """The messages above and below, in the list that the reader came from."""
    query = narrow(read_query(window.q, clock.now().astimezone(look.zone).date()), window.show)
    order = window.order or settings.order
    return Place(*store.neighbours(MailboxName(address.mailbox), address.uid, order, query))


@module.handler(message_page, headers_page, print_page)
def read_message(
    address: MessageAddress,
    options: ReadingOptions,
    opened: Opened,
    sidebar: Sidebar,
    place: Place,
    store: MailStore,
    settings: ReadingSettings,
    privacy: Privacy,
    client: Client,
) -> MessageView:
    """The open message without its bodies."""
    stored = opened.stored
    mailbox = find_mailbox(MailboxName(address.mailbox), sidebar.mailboxes, store)
    state = store.state(mailbox.name)
    seen = {SEEN} if _marks_seen(options, settings, client) else set()
    return MessageView(
        account=store.account,
        mailbox=mailbox,
        uid=stored.uid,
        uidvalidity=state.uidvalidity,
        envelope=read_envelope(stored.header),
        flags=stored.flags | seen,
        size=stored.size,
        received=stored.received,
        attachments=opened.bodies.attachments,
        kind=opened.body.kind,
        has_html=opened.bodies.html is not None,
        has_plain=bool(opened.bodies.plain),
        withheld=0 if settings.remote_images is RemoteImages.NEVER else opened.withheld,
        can_show=privacy.can_show,
        remote_allowed=opened.shows,
        trackers=opened.trackers,
        marked=opened.marked,
        bare=privacy.bares_links(options),
        notices=opened.notices,
        newer=place.newer,
        older=place.older,
        position=place.position,
        total=state.messages,
        is_draft=DRAFT in stored.flags or mailbox.role is Role.DRAFTS,
        header=stored.header,
    )


@module.handler(message_page)
def find_conversation(address: MessageAddress, store: MailStore, settings: ReadingSettings) -> Conversation:
    """The rest of the thread; scripts ask for it after the message is shown, since servers may think long about it."""
    mailbox = MailboxName(address.mailbox)
    path = f"/mail/{store.account}/{mailbox.path}/"
    if not settings.conversations:
        return Conversation(path)
    others = [uid for uid in store.conversation(mailbox, address.uid) if uid != address.uid]
    return Conversation(path, store.rows_of(mailbox, others[-MOST_IN_CONVERSATION:]).rows if others else ())


@module.handler(message_page)
def list_beside(
    view: MessageView,
    place: Place,
    window: Window,
    store: MailStore,
    settings: ReadingSettings,
    clock: Clock,
    look: LookSettings,
) -> MessageList:
    """The page of the list on which the open message stands."""
    size = int(window.limit or settings.page_size)
    start = int(window.start) if place.position is None else place.position // size * size
    return read_window(view.mailbox, window, store, settings, clock, look, start=start, open_uid=view.uid)


@module.handler(message_page)
def arrange_message(settings: ReadingSettings) -> Workspace:
    """The list with an open message."""
    return Workspace(settings.panes.value, opened=True)


@module.handler(frame_page, remote_frame_page)
def read_body(opened: Opened) -> Body:
    """What the frame shows."""
    return opened.body


@module.handler(empty_frame_page)
def leave_empty() -> Body:
    """A frame under the same rules, into which scripts put the text that came to them sealed."""
    return Body(BodyKind.NONE, (), sheet="/**/")


@module.handler(headers_page)
def read_fields(opened: Opened, view: MessageView) -> HeaderFields:
    """Every header field, decoded."""
    return HeaderFields(view, header_fields(opened.stored.header))


def message_path(address: MessageAddress) -> str:
    """The address of a message."""
    return f"/mail/{address.account}/{MailboxName(address.mailbox).path}/{address.uid}"


def part_path(address: MessageAddress, number: str) -> str:
    """The address that shows a part of a message in the page."""
    return f"{message_path(address)}/part/{number}?inline=1"


def _open_plain(mailbox: MailboxName, stored: StoredMessage, bodies: Bodies, store: MailStore) -> Opened:
    texts = [_read_text(mailbox, stored.uid, part, store) for part in bodies.plain]
    shown = tuple(_show_text(text, part) for text, part in zip(texts, bodies.plain, strict=True))
    kind = BodyKind.PLAIN if shown else BodyKind.NONE
    whole = all(len(text) <= LONGEST for text in texts)
    cut = () if whole else (Sentence("Only the beginning of this text is shown. The whole of it is in the source."),)
    return Opened(stored, bodies, Body(kind, shown), (*bodies.notices, *cut))


def _read_text(mailbox: MailboxName, uid: Uid, part: Part, store: MailStore) -> str:
    return decode(store.part(mailbox, uid, PartNumber(part.number), most=LONGEST_BODY), part.charset)


def _show_text(text: str, part: Part) -> SafeHtml:
    flowed = part.parameters.get("format", "").lower() == "flowed"
    return show_plain(text, flowed=flowed, delsp=part.parameters.get("delsp", "").lower() == "yes")
