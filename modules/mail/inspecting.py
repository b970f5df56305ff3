"""Look at files of messages before anybody opens them: at their names at once, at pieces of their content later."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core import Later, NotFound, Sentence
from modules.mail.bodies import safe_filename
from modules.mail.headers import decode_words
from modules.mail.judging import AttachmentJudge, FileJudgement, PictureDrawing, Sample, VirusScanner
from modules.mail.letters import Attachment, JudgedFile
from modules.mail.model import MailboxName, PartNumber, StoredMessage, Uid
from modules.mail.module import module
from modules.mail.parts import Part
from modules.mail.store import MailStore

# What a browser may show in the page by itself; everything else is saved to disk.
INLINE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
LARGEST_PICTURE = 30_000_000
# Smaller files are looked at as a whole; of others the beginning, and the end where archives keep their contents.
WHOLE = 1_000_000
BEGINNING = 64 * 1024
END = 256 * 1024


@dataclass(frozen=True)
class FilePlace:
    """One part of one message."""

    mailbox: MailboxName
    uid: Uid
    part: Part

    @property
    def number(self) -> PartNumber:
        """Its number."""
        return PartNumber(self.part.number)

    @property
    def name(self) -> str:
        """The name that the sender gave it, with everything that may deceive in it."""
        return decode_words(self.part.filename) or safe_filename(self.part)


@dataclass(frozen=True)
class Inspector:
    """Knows files of one store by those who can judge them; without these, nothing is known."""

    store: MailStore
    judge: AttachmentJudge | None = None
    scanner: VirusScanner | None = None
    drawing: Later[PictureDrawing | None] = Later(lambda: None)

    @property
    def judges(self) -> bool:
        """Whether anything is said of files."""
        return self.judge is not None

    def by_name(self, structure: Part, attachments: Sequence[Attachment]) -> tuple[JudgedFile, ...]:
        """What names and declared types tell. Nothing is fetched."""
        if not attachments:
            return ()
        parts = {part.number: part for part in structure.walk()}
        return tuple(
            JudgedFile(one, self._judge_name(parts[one.number]) if one.number in parts else FileJudgement())
            for one in attachments
        )

    def by_content(self, place: FilePlace) -> FileJudgement:
        """What the content tells too, of which a bounded piece is fetched."""
        if self.judge is None:
            return FileJudgement()
        return self.judge.judge(place.name, place.part.media_type, self.sample(place))

    def sample(self, place: FilePlace) -> Sample:
        """The whole of a small file, the beginning and the end of a large one."""
        size = place.part.decoded_size
        start = self.store.part(place.mailbox, place.uid, place.number, most=BEGINNING)
        if len(start) < BEGINNING:
            return Sample(start, len(start), whole=True)
        if self.judge is None or not self.judge.looks_inside(start):
            return Sample(start, size)
        if size <= WHOLE:
            octets = self.store.part(place.mailbox, place.uid, place.number, most=2 * WHOLE)
            return Sample(octets, len(octets), whole=len(octets) < 2 * WHOLE)
        end = self.store.end_of_part(place.mailbox, place.uid, place.number, most=END)
        return Sample(start, size, end)

    def sample_whole(self, mailbox: MailboxName, stored: StoredMessage) -> Sample:
        """The whole of a small message, the beginning of a large one: its files stand one after the other."""
        if self.judge is None:
            return Sample(stored.header, stored.size)
        start, most = b"", 2 * WHOLE if stored.size <= WHOLE else BEGINNING
        for piece in self.store.source(mailbox, stored.uid):
            start += piece
            if len(start) >= most:
                return Sample(start[:most], max(stored.size, most))
        return Sample(start, len(start), whole=True)

    def check(self, place: FilePlace) -> None:
        """Have a file looked through by a virus scanner, where the site does that. Raises Refusal, UpstreamError."""
        if self.scanner is not None and self.scanner.downloads:
            chunks = self.store.stream_part(place.mailbox, place.uid, place.number)
            self.scanner.scan(safe_filename(place.part), place.part.decoded_size, chunks)

    def by_octets(self, name: str, octets: bytes) -> FileJudgement:
        """The same as by_content of a file that was packed into a part, by the name that the sender gave it."""
        if self.judge is None:
            return FileJudgement()
        size = len(octets)
        whole = size <= WHOLE
        sample = Sample(octets, size, whole=True) if whole else Sample(octets[:BEGINNING], size, octets[-END:])
        return self.judge.judge(name, "", sample)

    def check_octets(self, filename: str, octets: bytes) -> None:
        """The same as check of a file that was packed into a part. Raises Refusal, UpstreamError."""
        if self.scanner is not None and self.scanner.downloads:
            self.scanner.scan(filename, len(octets), (octets,))

    def picture(self, place: FilePlace) -> tuple[str, Iterator[bytes]]:
        """The type and octets of a picture to show in the page. Raises NotFound where it cannot be shown."""
        unfit = NotFound(Sentence("This image cannot be shown here. It can be saved."))
        drawing = self.drawing()
        if drawing is not None:
            validity = self.store.state(place.mailbox).uidvalidity
            named = f"{self.store.account}/{place.mailbox}/{validity}/{place.uid}/{place.number}"
            drawn = drawing.draw(named, lambda: self._whole(place))
            if drawn is None:
                raise unfit
            return drawn[0], iter((drawn[1],))
        start = self.store.part(place.mailbox, place.uid, place.number, most=BEGINNING)
        found = self.judge.judge("", "", Sample(start, place.part.decoded_size)).media_type if self.judge else ""
        media_type = found or place.part.media_type
        if media_type not in INLINE_TYPES:
            raise unfit
        return media_type, self.store.stream_part(place.mailbox, place.uid, place.number)

    def _whole(self, place: FilePlace) -> bytes:
        """All of a picture; nothing of one that is too large to be drawn."""
        octets = self.store.part(place.mailbox, place.uid, place.number, most=LARGEST_PICTURE + 1)
        return octets if len(octets) <= LARGEST_PICTURE else b""

    def _judge_name(self, part: Part) -> FileJudgement:
        if self.judge is None:
            return FileJudgement()
        return self.judge.judge(decode_words(part.filename) or safe_filename(part), part.media_type)


@module.service
def inspect_files(
    store: MailStore,
    judge: AttachmentJudge | None,
    scanner: VirusScanner | None,
    drawing: Later[PictureDrawing | None],
) -> Inspector:
    """What looks at files of the user's mail."""
    return Inspector(store, judge, scanner, drawing)
