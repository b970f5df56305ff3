"""The handlers that send files: one part, all attachments as an archive, the source of a message."""

import zipfile
from collections.abc import Iterator, Sequence

from core import Client, NotFound, Redirect, Sentence
from modules.mail.attached import asks_before, within_of
from modules.mail.bodies import choose_bodies, safe_filename
from modules.mail.headers import read_envelope
from modules.mail.inputs import ArchiveAsked, MessageAddress, PartAddress
from modules.mail.inspecting import INLINE_TYPES, FilePlace, Inspector
from modules.mail.letters import Attachment, Letter
from modules.mail.lists import check_account
from modules.mail.model import MailboxName, PartNumber, StoredMessage, Uid
from modules.mail.module import archive_page, module, part_page, source_page
from modules.mail.results import OpenFile
from modules.mail.store import MailStore


@module.handler(part_page)
def open_part(
    address: MessageAddress, asked: PartAddress, store: MailStore, inspector: Inspector, client: Client
) -> OpenFile | Redirect:
    """One part of a message as a file. Before something dangerous is saved, people are asked whether they know."""
    check_account(address.account, store)
    mailbox = MailboxName(address.mailbox)
    stored = store.message(mailbox, address.uid)
    part = next((one for one in stored.structure.walk() if one.number == asked.number and one.holds_octets), None)
    if part is None:
        raise NotFound(Sentence("This message has no such part."))
    place = FilePlace(mailbox, address.uid, part)
    if asked.inline and part.media_type in INLINE_TYPES:
        media_type, picture = inspector.picture(place)
        return OpenFile(safe_filename(part), media_type, picture, inline=True)
    if not (asked.anyway and client.asked_here) and inspector.by_content(place).warns:
        within = within_of(stored.structure, part)
        return Redirect(f"{_letter(store, stored, mailbox).outer_path}/files?{within}number={part.number}")
    inspector.check(place)
    return OpenFile(
        safe_filename(part), "application/octet-stream", store.stream_part(mailbox, address.uid, place.number)
    )


@module.handler(archive_page)
def pack_attachments(
    address: MessageAddress, asked: ArchiveAsked, store: MailStore, inspector: Inspector, client: Client
) -> OpenFile | Redirect:
    """All attachments of a message in one ZIP archive, packed as it is sent."""
    check_account(address.account, store)
    mailbox = MailboxName(address.mailbox)
    letter = _letter(store, store.message(mailbox, address.uid), mailbox)
    return pack_letter(letter, asked, store, inspector, client)


def pack_letter(
    letter: Letter, asked: ArchiveAsked, store: MailStore, inspector: Inspector, client: Client
) -> OpenFile | Redirect:
    """All attachments of a message, or of one within it; the page that tells what is odd about them comes first."""
    if asks_before(inspector, letter, asked, client):
        return Redirect(f"{letter.outer_path}/files{f'?within={letter.number}' if letter.number else ''}")
    files = choose_bodies(letter.structure).files
    parts = {part.number: part for part in letter.structure.walk()}
    for file in files:
        inspector.check(FilePlace(letter.mailbox, letter.uid, parts[file.number]))
    return pack_all(files, read_envelope(letter.header).subject, letter.mailbox, letter.uid, store)


def pack_all(
    attachments: Sequence[Attachment], subject: str, mailbox: MailboxName, uid: Uid, store: MailStore
) -> OpenFile:
    """Attachments in one ZIP archive, named by the subject. Raises NotFound where there are none."""
    if not attachments:
        raise NotFound(Sentence("This message has no attachments."))
    files = (
        (name, store.stream_part(mailbox, uid, PartNumber(attachment.number)))
        for name, attachment in zip(archive_names([one.filename for one in attachments]), attachments, strict=True)
    )
    words = "".join(letter if letter.isalnum() else " " for letter in subject)
    title = " ".join(words.split())[:60] or "attachments"
    return OpenFile(f"{title}.zip", "application/zip", pack(files))


@module.handler(source_page)
def open_source(address: MessageAddress, store: MailStore) -> OpenFile:
    """The message as it is stored, shown as plain text."""
    check_account(address.account, store)
    mailbox = MailboxName(address.mailbox)
    store.message(mailbox, address.uid)
    return OpenFile(f"message-{address.uid}.txt", "text/plain", store.source(mailbox, address.uid), inline=True)


class _Outbox:
    """A file to write to that only keeps what has not been taken yet."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._written = 0

    def write(self, octets: bytes) -> int:
        """Keep octets until they are taken."""
        self._waiting += octets
        self._written += len(octets)
        return len(octets)

    def flush(self) -> None:
        """Nothing is held back."""

    def tell(self) -> int:
        """How much was written in all."""
        return self._written

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken


def pack(files: Iterator[tuple[str, Iterator[bytes]]]) -> Iterator[bytes]:
    """A ZIP archive of named files, in chunks, without holding any file whole."""
    outbox = _Outbox()
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # needs only write, tell and flush
        for name, chunks in files:
            with archive.open(name, "w", force_zip64=True) as entry:
                for chunk in chunks:
                    entry.write(chunk)
                    if taken := outbox.take():
                        yield taken
    yield outbox.take()


def archive_names(names: Sequence[str]) -> list[str]:
    """The names in their order, made different where a file system would take several for one."""
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    different: list[str] = []
    for name in names:
        stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
        candidate, number = name, numbers.get(name.casefold(), 2)
        while candidate.casefold() in taken:
            candidate = f"{stem} ({number}){dot}{ending}"
            number += 1
        numbers[name.casefold()] = number
        taken.add(candidate.casefold())
        different.append(candidate)
    return different


def _letter(store: MailStore, stored: StoredMessage, mailbox: MailboxName) -> Letter:
    return Letter(store.account, mailbox, stored.uid, stored.header, stored.structure, stored.size)
