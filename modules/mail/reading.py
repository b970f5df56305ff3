"""The handlers that open one message: what it is, and what its frame shows."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core import Client, Clock, Later, Visit
from modules.mail.doing import AtAction, Done, tell_of
from modules.mail.headers import header_fields, read_envelope
from modules.mail.inputs import Action, MessageAddress, ReadingOptions, Window
from modules.mail.letters import BodyKind, Letter
from modules.mail.lists import Workspace, list_mailboxes, read_window, recall_mailbox
from modules.mail.model import DRAFT, SEEN, MailboxName, MailboxState, Role, Uid
from modules.mail.module import (
    empty_frame_page,
    enclosed_page,
    frame_page,
    headers_page,
    message_page,
    module,
    print_page,
    remote_frame_page,
)
from modules.mail.opening import LONGEST_ALONG, Body, Opened, Reader, TextAlong
from modules.mail.own import OwnAddresses
from modules.mail.quoting import reply_recipients
from modules.mail.results import Answers, HeaderFields, MessageList, MessageView
from modules.mail.search import narrow, read_query
from modules.mail.settings import ReadingSettings, RemoteImages
from modules.mail.store import MailStore


@dataclass(frozen=True)
class Place:
    """Where an open message stands in its list."""

    state: MailboxState
    newer: Uid | None = None
    older: Uid | None = None
    position: int | None = None
    total: int | None = None


def open_message(address: MessageAddress, options: ReadingOptions, window: Window, reader: Reader) -> Opened:
    """Fetch a message's structure and the bodies to show, made safe. Raises NotFound where it is gone."""
    return reader.open_page(address, options, order=window.order or reader.settings.order)


module.handler(message_page, headers_page, print_page)(open_message)


@module.handler(frame_page)
def open_withheld(address: MessageAddress, options: ReadingOptions, reader: Reader) -> Opened:
    """The same for the frame that shows nothing of other machines."""
    return reader.open(address, options)


@module.handler(remote_frame_page)
def open_remote(address: MessageAddress, options: ReadingOptions, reader: Reader) -> Opened:
    """The same for the frame whose reader allowed remote images."""
    return reader.open(address, options, remote=True)


@module.handler(message_page, print_page)
def tell_letter(opened: Opened) -> Letter:
    """What of the mailbox is read."""
    return opened.letter


# With the message came the state of its mailbox, which places are found by.
@module.handler(message_page, headers_page, print_page, after=(open_message,))
def find_place(
    address: MessageAddress,
    window: Window,
    store: MailStore,
    settings: ReadingSettings,
    clock: Clock,
    zone: ZoneInfo,
) -> Place:
    """The messages above and below, in the list that the reader came from."""
    query = narrow(read_query(window.q, clock.now().astimezone(zone)), window.show)
    order = window.order or settings.order
    mailbox = MailboxName(address.mailbox)
    around = store.neighbours(mailbox, address.uid, order, query)
    return Place(store.state(mailbox), *around)


def _marks_seen(options: ReadingOptions, settings: ReadingSettings, client: Client) -> bool:
    """Whether opening a message marks it seen.

    It does not where the message is only looked at ahead, where the user marks messages by hand, and where no page of
    this site and nobody at the browser's own controls asked for it: what another site leads to changes nothing.
    """
    return settings.mark_seen and not options.peek and client.asked_here


@module.handler(message_page, after=(find_place,))
def mark_seen(
    address: MessageAddress,
    options: ReadingOptions,
    opened: Opened,
    store: MailStore,
    settings: ReadingSettings,
    client: Client,
    at_action: Later[tuple[AtAction, ...]],
) -> None:
    """Mark an opened message seen, where opening it does that."""
    if _marks_seen(options, settings, client) and SEEN not in opened.stored.flags:
        mailbox = MailboxName(address.mailbox)
        store.flag(mailbox, [address.uid], add=[SEEN])
        tell_of(Done(store, Action.SEEN, mailbox, (address.uid,)), at_action())


module.handler(message_page, after=(mark_seen,))(list_mailboxes)
module.handler(headers_page, print_page)(list_mailboxes)


@module.handler(message_page, headers_page, print_page)
def read_message(
    address: MessageAddress,
    options: ReadingOptions,
    opened: Opened,
    place: Place,
    store: MailStore,
    client: Client,
    reader: Reader,
) -> MessageView:
    """The open message without its bodies."""
    stored = opened.stored
    mailbox = recall_mailbox(MailboxName(address.mailbox), store)
    state = place.state
    seen = {SEEN} if _marks_seen(options, reader.settings, client) else set()
    return MessageView(
        account=store.account,
        mailbox=mailbox,
        uid=stored.uid,
        uidvalidity=state.uidvalidity,
        envelope=read_envelope(stored.header),
        flags=stored.flags | seen,
        size=stored.size,
        received=stored.received,
        attachments=opened.attachments,
        kind=opened.body.kind,
        has_html=opened.bodies.html is not None,
        has_plain=bool(opened.bodies.plain),
        withheld=0 if reader.settings.remote_images is RemoteImages.NEVER else opened.withheld,
        can_show=reader.privacy.can_show,
        remote_allowed=opened.shows,
        distrusted=bool(opened.withheld) and not opened.shows and reader.privacy.distrusts(stored),
        trackers=opened.trackers,
        marked=opened.marked,
        bare=reader.privacy.bares_links(options),
        themed=opened.body.themed,
        darkens=reader.darkens,
        notices=opened.notices,
        newer=place.newer,
        older=place.older,
        position=place.position,
        total=place.total,
        is_draft=DRAFT in stored.flags or mailbox.role is Role.DRAFTS,
        header=stored.header,
    )


@module.handler(message_page, enclosed_page)
def send_along(opened: Opened, options: ReadingOptions, visit: Visit) -> TextAlong:
    """The text of the message, where a script puts it into the frame."""
    body = opened.body
    wanted = options.along and visit.content is None and body.kind is not BodyKind.NONE
    fits = wanted and len(body.sheet) + sum(map(len, body.parts)) <= LONGEST_ALONG
    return TextAlong(body if fits else None)


@module.handler(message_page)
def weigh_answers(view: MessageView, own: tuple[OwnAddresses, ...]) -> Answers:
    """Whether it makes a difference to answer to all."""
    mine = [address for one in own for address in one.addresses]
    to, cc = reply_recipients(view.envelope, mine, to_all=True)
    return Answers((to, cc) != reply_recipients(view.envelope, mine, to_all=False))


@module.handler(message_page)
def list_beside(
    view: MessageView,
    place: Place,
    window: Window,
    store: MailStore,
    settings: ReadingSettings,
    clock: Clock,
    zone: ZoneInfo,
) -> MessageList:
    """The page of the list on which the open message stands."""
    size = int(window.limit or settings.page_size)
    start = int(window.start) if place.position is None else place.position // size * size
    return read_window(view.mailbox, window, store, settings, clock, zone, start=start, open_uid=view.uid)


@module.handler(message_page)
def arrange_message(settings: ReadingSettings) -> Workspace:
    """The list with an open message."""
    return Workspace(settings.panes.value, opened=True)


@module.handler(empty_frame_page)
def leave_empty() -> Body:
    """A frame under the same rules, into which scripts put the text that came to them sealed."""
    return Body(BodyKind.NONE, (), sheet="/**/")


@module.handler(headers_page)
def read_fields(opened: Opened, view: MessageView) -> HeaderFields:
    """Every header field, decoded."""
    return HeaderFields(view, header_fields(opened.stored.header))
