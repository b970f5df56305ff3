"""The handlers that open a message within a message: a forwarded one, one that came back, one of a digest."""

from zoneinfo import ZoneInfo

from core import Client, Clock, Redirect
from modules.mail.files import pack_letter
from modules.mail.headers import read_envelope
from modules.mail.inputs import ArchiveAsked, MessageAddress, PartAddress, ReadingOptions, Window
from modules.mail.inspecting import Inspector
from modules.mail.letters import EnclosedView, Letter
from modules.mail.lists import Workspace, find_mailbox, list_mailboxes, read_window
from modules.mail.model import MailboxName
from modules.mail.module import (
    enclosed_archive_page,
    enclosed_frame_page,
    enclosed_page,
    enclosed_print_page,
    enclosed_remote_frame_page,
    module,
)
from modules.mail.opening import Opened, Reader
from modules.mail.privacy import Privacy
from modules.mail.results import MessageList, OpenFile, Sidebar
from modules.mail.settings import ReadingSettings, RemoteImages
from modules.mail.store import MailStore


@module.handler(enclosed_page, enclosed_print_page)
def open_enclosed(address: MessageAddress, part: PartAddress, options: ReadingOptions, reader: Reader) -> Opened:
    """Fetch a message within a message and what of it is shown. Raises NotFound where there is none.

    Who wrote it is what it says itself: no choice to show somebody's images always holds for it.
    """
    return reader.open_page(address, options, part.number)


@module.handler(enclosed_frame_page)
def open_enclosed_withheld(
    address: MessageAddress, part: PartAddress, options: ReadingOptions, reader: Reader
) -> Opened:
    """The same for the frame that shows nothing of other machines."""
    return reader.open(address, options, part.number)


@module.handler(enclosed_remote_frame_page)
def open_enclosed_remote(address: MessageAddress, part: PartAddress, options: ReadingOptions, reader: Reader) -> Opened:
    """The same for the frame whose reader allowed remote images."""
    return reader.open(address, options, part.number, remote=True)


module.handler(enclosed_page, enclosed_print_page)(list_mailboxes)


@module.handler(enclosed_page, enclosed_print_page)
def tell_enclosed_letter(opened: Opened) -> Letter:
    """What of the mailbox is read."""
    return opened.letter


@module.handler(enclosed_page, enclosed_print_page)
def read_enclosed(
    opened: Opened, options: ReadingOptions, settings: ReadingSettings, privacy: Privacy, reader: Reader
) -> EnclosedView:
    """The message within, without its bodies."""
    letter = opened.letter
    return EnclosedView(
        letter=letter,
        outer=read_envelope(opened.stored.header),
        envelope=read_envelope(letter.header),
        attachments=opened.attachments,
        kind=opened.body.kind,
        has_html=opened.bodies.html is not None,
        has_plain=bool(opened.bodies.plain),
        withheld=0 if settings.remote_images is RemoteImages.NEVER else opened.withheld,
        remote_allowed=opened.shows,
        notices=opened.notices,
        can_show=privacy.can_show,
        trackers=opened.trackers,
        marked=opened.marked,
        bare=privacy.bares_links(options),
        themed=opened.body.themed,
        darkens=reader.darkens,
    )


@module.handler(enclosed_page)
def list_beside_enclosed(
    letter: Letter,
    window: Window,
    sidebar: Sidebar,
    store: MailStore,
    settings: ReadingSettings,
    clock: Clock,
    zone: ZoneInfo,
) -> MessageList:
    """The list of the mailbox that holds the message."""
    mailbox = find_mailbox(MailboxName(letter.mailbox), sidebar.mailboxes, store)
    return read_window(mailbox, window, store, settings, clock, zone, open_uid=letter.uid)


@module.handler(enclosed_archive_page)
def pack_enclosed(
    address: MessageAddress,
    part: PartAddress,
    asked: ArchiveAsked,
    options: ReadingOptions,
    reader: Reader,
    store: MailStore,
    inspector: Inspector,
    client: Client,
) -> OpenFile | Redirect:
    """All attachments of a message within a message in one ZIP archive."""
    return pack_letter(reader.open(address, options, part.number).letter, asked, store, inspector, client)


@module.handler(enclosed_page)
def arrange_enclosed(settings: ReadingSettings) -> Workspace:
    """The list with an open message."""
    return Workspace(settings.panes.value, opened=True)
