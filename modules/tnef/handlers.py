"""The handlers that look into packed parts: what an open message shows of them, and one file of them."""

from typing import ClassVar

from core import Count, NotFound, Sentence, inputs, path, query
from modules.mail.api import (
    AccountName,
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
    message_page,
)
from modules.tnef.module import file_page, module
from modules.tnef.results import PackedFileChunks, PackedPart
from modules.tnef.services import LONGEST, PackedParts, files_path, has_no_text, is_packed, packed_part
from modules.tnef.unpacking import file_apart

LARGEST_PICTURE = 20_000_000


class FilePlace(Count):
    """The place of a file among the others, counted from 0."""

    __slots__ = ()
    most: ClassVar[int] = 10_000


@inputs
class PackedAddress:
    """Which file of which packed part of which message, and whether it is shown in the page."""

    account: AccountName = path()
    mailbox: MailboxPath = path()
    uid: Uid = path()
    number: PartNumber = path()
    at: FilePlace = path()
    inline: bool = query(False)


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
def open_packed(address: PackedAddress, store: MailStore, drawing: PictureDrawing | None) -> PackedFileChunks:
    """One file, or a picture drawn anew. Raises NotFound where there is none of that place, or none to be shown."""
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
    file, content = found
    if not address.inline:
        return PackedFileChunks(file.filename, iter((content,)), len(content))
    validity = store.state(mailbox).uidvalidity
    named = f"{store.account}/{mailbox}/{validity}/{address.uid}/{address.number}/packed/{file.at}"
    small = content if len(content) <= LARGEST_PICTURE else b""
    drawn = drawing.draw(named, lambda: small) if drawing is not None else None
    if drawn is None:
        raise NotFound(Sentence("This picture cannot be shown here. It can be saved."))
    media_type, picture = drawn
    return PackedFileChunks(file.filename, iter((picture,)), len(picture), media_type, inline=True)
