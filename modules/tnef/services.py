"""What the module tnef offers: what is packed into messages, which is read once a request."""

from dataclasses import dataclass, field

from modules.mail.api import (
    FormedText,
    Letter,
    MailStore,
    PackedPicture,
    PackedTexts,
    Part,
    PartNumber,
    choose_bodies,
)
from modules.tnef.module import module
from modules.tnef.unpacking import PackedFile, Unpacked, file_apart, unpack_apart

KINDS = ("application/ms-tnef", "application/vnd.ms-tnef")
LONGEST = 50_000_000
# Each costs a process of its own whenever a message that quotes it is saved or sent.
MOST_PICTURES = 30
# What browsers show, by how it begins.
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
)


@dataclass
class PackedParts:
    """Reads packed parts for one request."""

    store: MailStore
    _known: dict[tuple[str, int, str], Unpacked | None] = field(default_factory=dict)
    _pictures: dict[str, PackedPicture | None] = field(default_factory=dict)

    def inside(self, letter: Letter, part: Part) -> Unpacked | None:
        """What is inside a part, its text only where the message has no other; None where it cannot be unpacked."""
        key = (letter.mailbox, letter.uid, part.number)
        if key not in self._known:
            self._known[key] = unpack_apart(self._read(letter, part), bodies=has_no_text(letter))
        return self._known[key]

    def find(self, letter: Letter) -> FormedText | None:
        """The HTML that is packed into a message; None where there is none."""
        part = packed_part(letter)
        inside = self.inside(letter, part) if part is not None else None
        if part is None or inside is None or not inside.html:
            return None
        return FormedText(
            inside.html, {file.content_id: path for path, file in _shown_in_text(letter, part, inside).items()}
        )

    def picture(self, letter: Letter, address: str) -> PackedPicture | None:
        """A picture that is packed beside a text; None where there is none, and beyond as many as are taken."""
        if address not in self._pictures:
            part = packed_part(letter)
            inside = self.inside(letter, part) if part is not None else None
            file = (
                _shown_in_text(letter, part, inside).get(address) if part is not None and inside is not None else None
            )
            if part is None or file is None or len(self._pictures) >= MOST_PICTURES:
                return None
            self._pictures[address] = self._take(letter, part, file)
        return self._pictures[address]

    def _take(self, letter: Letter, part: Part, file: PackedFile) -> PackedPicture | None:
        found = file_apart(self._read(letter, part), file.at)
        octets = found[1] if found is not None else b""
        return next(
            (PackedPicture(file.filename, kind, octets) for begins, kind in _BEGINNINGS if octets.startswith(begins)),
            None,
        )

    def _read(self, letter: Letter, part: Part) -> bytes:
        return self.store.part(letter.mailbox, letter.uid, PartNumber(part.number), most=LONGEST)

    def words(self, letter: Letter) -> str:
        """The plain text that is packed into a message; nothing where there is none."""
        part = packed_part(letter)
        inside = self.inside(letter, part) if part is not None else None
        return inside.text if inside is not None else ""


@module.service
def open_packed_parts(store: MailStore) -> PackedParts:
    """What reads packed parts."""
    return PackedParts(store)


@module.service
def offer_packed_texts(parts: PackedParts) -> PackedTexts:
    """What mail asks for a text where a message has none."""
    return parts


def packed_part(letter: Letter) -> Part | None:
    """The first packed part of a message."""
    return next((part for part in letter.structure.own() if is_packed(part)), None)


def files_path(letter: Letter, part: Part) -> str:
    """The address below which the files of a packed part are."""
    return f"{letter.part_path(part.number)}/packed"


def _shown_in_text(letter: Letter, part: Part, inside: Unpacked) -> dict[str, PackedFile]:
    """The files that a packed text may show, by their addresses."""
    return {f"{files_path(letter, part)}/{file.at}?inline=1": file for file in inside.files if file.content_id}


def is_packed(part: Part) -> bool:
    """Whether it is TNEF, by its type or by the name that Outlook gives it."""
    return not part.children and (part.media_type in KINDS or part.filename.lower() == "winmail.dat")


def has_no_text(letter: Letter) -> bool:
    """Whether a message has no text beside what is packed into it."""
    bodies = choose_bodies(letter.structure)
    return bodies.html is None and not bodies.plain
