"""The handlers that look into packed parts: what an open message shows of them, and one file of them."""

from typing import ClassVar

from core import Client, Count, NotFound, Redirect, Sentence, inputs, path, query
from modules.mail.api import (
    AccountName,
    Inspector,
    Letter,
    MailboxName,
    MailboxPath,
    MailStore,
    PartNumber,
    PictureDrawing,
    ReadingOptions,
    ReadingSettings,
    Uid,
    enclosed_page,
    enclosed_path,
    list_mailboxes,
    message_page,
)
from modules.tnef.module import ask_page, file_page, module
from modules.tnef.results import JudgedPackedFile, PackedFileChunks, PackedPart
from modules.tnef.services import LONGEST, PackedParts, files_path, has_no_text, is_packed, packed_part
from modules.tnef.unpacking import PackedFile, file_apart

LARGEST_PICTURE = 20_000_000


class FilePlace(Count):
    """The place of a file among the others, counted from 0."""

    __slots__ = ()
    most: ClassVar[int] = 10_000


@inputs
class PackedAddress:
    """Which file of which packed part of which message, shown in the page or saved, whatever is odd about it."""

    account: AccountName = path()
    mailbox: MailboxPath = path()
    uid: Uid = path()
    number: PartNumber = path()
    at: FilePlace = path()
    inline: bool = query(False)
    anyway: bool = query(False)

    @property
    def message_path(self) -> str:
        """The address of the message."""
        return f"/mail/{self.account}/{MailboxName(self.mailbox).path}/{self.uid}"

    @property
    def path(self) -> str:
        """The address of the file."""
        return f"{self.message_path}/part/{self.number}/packed/{self.at}"


@module.handler(message_page, enclosed_page)
def look_inside(
    letter: Letter, parts: PackedParts, options: ReadingOptions, settings: ReadingSettings
) -> PackedPart | None:
    """What is packed into this message; None where nothing is.

    Its words are shown where the message has no other text, and HTML that is packed too is not shown in their place.
    """
    part = packed_part(letter)
    if part is None:
        return None
    inside = parts.inside(letter, part)
    formed = inside is not None and inside.html and not (options.plain or settings.prefer_plain)
    return PackedPart(inside, files_path(letter, part), shows_text=has_no_text(letter) and not formed)


@module.handler(file_page)
def open_packed(
    address: PackedAddress, store: MailStore, drawing: PictureDrawing | None, inspector: Inspector, client: Client
) -> PackedFileChunks | Redirect:
    """One file, or a picture drawn anew. Before something dangerous is saved, people are asked whether they know.

    Raises NotFound where there is none of that place, or none to be shown; another Refusal where a virus was found.
    """
    file, content = _take(address, store)
    if address.inline:
        return _draw(address, store, drawing, file, content)
    if not (address.anyway and client.asked_here) and inspector.by_octets(file.sent_name, content).warns:
        return Redirect(f"{address.path}/ask")
    inspector.check_octets(file.filename, content)
    return PackedFileChunks(file.filename, iter((content,)), len(content))


@module.handler(ask_page)
def look_at_packed(address: PackedAddress, store: MailStore, inspector: Inspector) -> JudgedPackedFile:
    """One file with what its name and its content tell. Raises NotFound."""
    file, content = _take(address, store)
    structure = store.message(MailboxName(address.mailbox), address.uid).structure
    holders = [
        one.number
        for one in structure.walk()
        if one.is_message and any(part.number == address.number for part in one.walk())
    ]
    back = enclosed_path(address.message_path, holders[-1]) if holders else address.message_path
    return JudgedPackedFile(file, inspector.by_octets(file.sent_name, content), address.path, back)


module.handler(ask_page)(list_mailboxes)


def _take(address: PackedAddress, store: MailStore) -> tuple[PackedFile, bytes]:
    """The file and its octets. Raises NotFound."""
    missing = Sentence("This message has no such part.")
    if address.account != store.account:
        raise NotFound(missing)
    mailbox = MailboxName(address.mailbox)
    structure = store.message(mailbox, address.uid).structure
    if not any(part.number == address.number and is_packed(part) for part in structure.walk()):
        raise NotFound(missing)
    found = file_apart(store.part(mailbox, address.uid, address.number, most=LONGEST), int(address.at))
    if found is None:
        raise NotFound(missing)
    return found


def _draw(
    address: PackedAddress, store: MailStore, drawing: PictureDrawing | None, file: PackedFile, content: bytes
) -> PackedFileChunks:
    """A picture, drawn anew. Raises NotFound where it is none that can be shown."""
    mailbox = MailboxName(address.mailbox)
    validity = store.state(mailbox).uidvalidity
    named = f"{store.account}/{mailbox}/{validity}/{address.uid}/{address.number}/packed/{file.at}"
    small = content if len(content) <= LARGEST_PICTURE else b""
    drawn = drawing.draw(named, lambda: small) if drawing is not None else None
    if drawn is None:
        raise NotFound(Sentence("This image cannot be shown here. It can be saved."))
    media_type, picture = drawn
    return PackedFileChunks(file.filename, iter((picture,)), len(picture), media_type, inline=True)
