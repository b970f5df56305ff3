"""The handlers that look into packed parts: what an open message shows of them, and one file of them."""

from typing import ClassVar

from core import Count, NotFound, Sentence, inputs, path
from modules.mail.api import (
    AccountName,
    Letter,
    MailboxName,
    MailboxPath,
    MailStore,
    Part,
    PartNumber,
    Uid,
    choose_bodies,
    enclosed_page,
    message_page,
)
from modules.tnef.module import file_page, module
from modules.tnef.results import PackedFileChunks, PackedPart
from modules.tnef.unpacking import file_apart, unpack_apart

KINDS = ("application/ms-tnef", "application/vnd.ms-tnef")
LONGEST = 50_000_000


class FilePlace(Count):
    """The place of a file among the others, counted from 0."""

    __slots__ = ()
    most: ClassVar[int] = 10_000


@inputs
class PackedAddress:
    """Which file of which packed part of which message."""

    account: AccountName = path()
    mailbox: MailboxPath = path()
    uid: Uid = path()
    number: PartNumber = path()
    at: FilePlace = path()


@module.handler(message_page, enclosed_page)
def look_inside(letter: Letter, store: MailStore) -> PackedPart | None:
    """What is packed into this message; None where nothing is. Its text is shown where the message has no other."""
    part = next((part for part in letter.structure.own() if is_packed(part)), None)
    if part is None:
        return None
    octets = store.part(letter.mailbox, letter.uid, PartNumber(part.number), most=LONGEST)
    bodies = choose_bodies(letter.structure)
    return PackedPart(
        unpack_apart(octets),
        f"{letter.part_path(part.number)}/packed",
        shows_text=bodies.html is None and not bodies.plain,
    )


@module.handler(file_page)
def open_packed(address: PackedAddress, store: MailStore) -> PackedFileChunks:
    """One file. Raises NotFound where there is none of that place."""
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
    return PackedFileChunks(file.filename, iter((content,)), len(content))


def is_packed(part: Part) -> bool:
    """Whether it is TNEF, by its type or by the name that Outlook gives it."""
    return not part.children and (part.media_type in KINDS or part.filename.lower() == "winmail.dat")
