"""What a message that exists already gives to one that is written: its text, its parts, and what it answers."""

import re
from dataclasses import dataclass
from functools import cached_property, partial
from html import escape

from modules.compose.inputs import DRAFT, ORIGINAL, WHOLE, KeptPart
from modules.compose.message import MESSAGE_TYPE, File
from modules.compose.results import ComposeAttachment
from modules.mail.api import (
    AttachmentJudge,
    Bodies,
    Envelope,
    FilePlace,
    FormedText,
    Inspector,
    Letter,
    MailboxName,
    MailStore,
    PackedTexts,
    Part,
    PartNumber,
    Quoting,
    Sample,
    StoredMessage,
    Uid,
    choose_bodies,
    decode,
    header_fields,
    quote_html,
    read_envelope,
    safe_name,
    to_text,
)

LONGEST_TEXT = 500_000
OF_DRAFTS: Quoting = partial(quote_html, remote=True)


@dataclass(frozen=True)
class Source:
    """One stored message, as far as it was looked at; `packed` know the text of one that has none of its own.

    What makes its HTML safe is `quoting`. Who wrote a draft had what stands in it.
    """

    kind: str
    mailbox: MailboxName
    store: MailStore
    stored: StoredMessage
    packed: tuple[PackedTexts, ...] = ()
    quoting: Quoting = quote_html

    @classmethod
    def original(
        cls, store: MailStore, mailbox: MailboxName, uid: Uid, packed: tuple[PackedTexts, ...] = ()
    ) -> "Source":
        """The message that is answered or forwarded. Raises NotFound."""
        return cls(ORIGINAL, mailbox, store, store.message(mailbox, uid), packed)

    @classmethod
    def draft(cls, store: MailStore, mailbox: MailboxName, uid: Uid, packed: tuple[PackedTexts, ...] = ()) -> "Source":
        """The draft that is gone on with. Raises NotFound."""
        return cls(DRAFT, mailbox, store, store.message(mailbox, uid), packed, OF_DRAFTS)

    @cached_property
    def envelope(self) -> Envelope:
        """Who wrote what to whom."""
        return read_envelope(self.stored.header)

    @cached_property
    def bodies(self) -> Bodies:
        """Its texts and attachments."""
        return choose_bodies(self.stored.structure)

    def field(self, name: str) -> str:
        """A field of its header, or nothing."""
        found = (value for given, value in header_fields(self.stored.header) if given.lower() == name.lower())
        return next(found, "")

    @property
    def is_rich(self) -> bool:
        """Whether it has formatted text."""
        return self.bodies.html is not None or self._packed is not None

    @cached_property
    def text(self) -> str:
        """What it says, as plain text."""
        if self.bodies.plain:
            return "\n".join(self._read(part) for part in self.bodies.plain).replace("\r\n", "\n")
        if self.bodies.html is not None:
            return to_text(self._read(self.bodies.html))
        return next(filter(None, (one.words(self._letter) for one in self.packed)), "")

    @cached_property
    def html(self) -> str:
        """What it says, as safe HTML, its own images at their addresses here."""
        if self.bodies.html is not None:
            inline = {content_id: self.part_path(number) for content_id, number in self.bodies.inline.items()}
            return str(self.quoting(self._read(self.bodies.html), inline))
        if self._packed is not None:
            return str(self.quoting(self._packed.html[:LONGEST_TEXT], self._packed.inline))
        return "<br>\n".join(escape(line) for line in self.text.split("\n"))

    @property
    def name(self) -> str:
        """A file name for the whole message."""
        return f"{safe_name(self.envelope.subject)[:80] or 'message'}.eml"

    def part_path(self, number: str) -> str:
        """Where a part is shown in the browser."""
        return f"/mail/{self.store.account}/{self.mailbox.path}/{self.stored.uid}/part/{number}?inline=1"

    def attachments(self) -> tuple[ComposeAttachment, ...]:
        """Its attachments, to go on with the new message."""
        return tuple(
            ComposeAttachment("keep", f"{self.kind}:{part.number}", part.filename, part.media_type, part.size)
            for part in self.bodies.attachments
        )

    def whole(self) -> ComposeAttachment:
        """The message itself, to be attached."""
        return ComposeAttachment("keep", f"{self.kind}:{WHOLE}", self.name, MESSAGE_TYPE, self.stored.size)

    def kept(self, part: KeptPart) -> File | None:
        """A part to attach, or None where the message has none of that number."""
        uid = self.stored.uid
        if part.number == WHOLE:
            return File(self.name, MESSAGE_TYPE, self.stored.size, lambda: self.store.source(self.mailbox, uid))
        names = {one.number: one.filename for one in self.bodies.attachments}
        found = self._part(part.number)
        if found is None or part.number not in names:
            return None
        return self._file(found, names[part.number])

    def sent_name(self, part: KeptPart) -> str:
        """The name that its sender gave a part, with everything that may deceive in it."""
        found = self._part(part.number)
        return self.name if found is None else FilePlace(self.mailbox, self.stored.uid, found).name

    def sample(self, part: KeptPart, judge: AttachmentJudge | None) -> Sample:
        """Some octets of a part, as many as the judge looks at."""
        found = self._part(part.number)
        inspector = Inspector(self.store, judge)
        if found is None:
            return inspector.sample_whole(self.mailbox, self.stored)
        return inspector.sample(FilePlace(self.mailbox, self.stored.uid, found))

    def inline(self, number: str, content_id: str) -> File | None:
        """An image to show inside the new message's text, or None where there is none."""
        found = self._part(number)
        if found is None or not found.media_type.startswith("image/"):
            return None
        ending = re.sub("[^a-z0-9]", "", found.media_type.removeprefix("image/"))
        return self._file(found, f"image-{number}.{ending or 'img'}", content_id)

    def packed_inline(self, address: str, content_id: str) -> File | None:
        """An image of a packed text, by its address here, to show as `inline` does; None where there is none."""
        if self._packed is None or address not in self._packed.inline.values():
            return None
        found = next(filter(None, (one.picture(self._letter, address) for one in self.packed)), None)
        return File.of(found.name, found.media_type, found.octets, content_id) if found is not None else None

    @property
    def _letter(self) -> Letter:
        stored = self.stored
        return Letter(self.store.account, self.mailbox, stored.uid, stored.header, stored.structure, stored.size)

    @cached_property
    def _packed(self) -> FormedText | None:
        """The formatted text of a message that has no text of its own, yet to be cleaned."""
        if self.bodies.html is not None or self.bodies.plain:
            return None
        return next(filter(None, (one.find(self._letter) for one in self.packed)), None)

    def _part(self, number: str) -> Part | None:
        return next((part for part in self.stored.structure.walk() if part.number == number), None)

    def _file(self, part: Part, name: str, content_id: str = "") -> File:
        uid, number = self.stored.uid, PartNumber(part.number)
        return File(
            name,
            part.media_type,
            part.decoded_size,
            lambda: self.store.stream_part(self.mailbox, uid, number),
            content_id,
        )

    def _read(self, part: Part) -> str:
        number = PartNumber(part.number)
        return decode(self.store.part(self.mailbox, self.stored.uid, number, most=LONGEST_TEXT), part.charset)
