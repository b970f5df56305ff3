"""Look at files before they are taken for a message: their sizes, and what the site's rules and virus scanner say."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO

from core import Refusal, Sentence, TooLarge, Upload, UpstreamError
from modules.compose.headers import clean_line
from modules.compose.results import ComposeLimits
from modules.mail.api import AttachmentJudge, Care, Sample, VirusScanner

LONGEST_NAME = 200
# Of larger files the ends are looked at.
WHOLE = 1_000_000
_END = 256 * 1024
_PIECE = 64 * 1024


class NotTaken(Refusal):
    """Files that are not taken, each for its own reason."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True)
class UploadChecks:
    """Who looks at files before they are taken; without these, only the bounds count."""

    judge: AttachmentJudge | None = None
    scanner: VirusScanner | None = None

    def check(self, upload: Upload) -> str:
        """What is worth knowing of a file that is taken, or nothing. Raises Refusal, UpstreamError where it is not."""
        judged = self.admit(upload.filename, upload.media_type, lambda: sample_of(upload))
        scanned = self.scan(plain_name(upload.filename), upload.size, lambda: _chunks(upload.stream))
        upload.stream.seek(0)
        return in_one((*judged, *scanned))

    def admit(self, name: str, media_type: str, sample: Callable[[], Sample]) -> tuple[str, ...]:
        """What readers are warned of. Raises Refusal where the site's rules do not let it go out."""
        odd = self.judge.admit(name, media_type, sample()).oddities if self.judge is not None else ()
        return tuple(oddity.what for oddity in odd if oddity.care is not Care.NOTE)

    def scan(self, name: str, size: int, chunks: Callable[[], Iterable[bytes]]) -> tuple[str, ...]:
        """What is said of a file that was not looked through. Raises Refusal for a virus, UpstreamError."""
        if self.scanner is None or not self.scanner.uploads:
            return ()
        unchecked = self.scanner.scan(name, size, chunks())
        return (unchecked,) if unchecked is not None else ()


def check_bounds(name: str, size: int, together: Sequence[int], limits: ComposeLimits) -> None:
    """Raise TooLarge where a file of `size` octets does not fit beside the others of its message."""
    if size > limits.largest_attachment:
        raise TooLarge(
            Sentence("%(name)s is larger than %(size)s.", name=name, size=_megabytes(limits.largest_attachment))
        )
    if len(together) >= limits.most_attachments:
        raise too_many(name, limits)
    if size + sum(together) > limits.largest_message:
        raise TooLarge(
            Sentence(
                "With %(name)s the files are larger than %(size)s together.",
                name=name,
                size=_megabytes(limits.largest_message),
            )
        )


def too_many(name: str, limits: ComposeLimits) -> TooLarge:
    """What is raised for the first file beyond those that a message takes."""
    told = Sentence("%(name)s is one file too many: a message takes %(most)s.", name=name, most=limits.most_attachments)
    return TooLarge(told)


def in_one(notes: Sequence[str]) -> str:
    """Notes on a file, one after the other, or nothing."""
    return Sentence.joined(notes) if notes else ""


def raise_together(refused: Sequence[Refusal | UpstreamError]) -> None:
    """Raise what was refused, in one sentence after the other; nothing where nothing was."""
    if len(refused) == 1:
        raise refused[0]
    if refused:
        raise NotTaken(Sentence.joined(str(error) for error in refused))


def plain_name(name: str) -> str:
    """A name without the folders that some browsers send with it."""
    leaf = clean_line(name.replace("\\", "/").rpartition("/")[2])
    stem, dot, ending = leaf.rpartition(".")
    if len(leaf) > LONGEST_NAME and dot and len(ending) < 20:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return leaf[:LONGEST_NAME] or "file"


def sample_of(upload: Upload) -> Sample:
    """Octets of an upload, whose stream is where it was afterwards."""
    stream, size = upload.stream, upload.size
    at = stream.tell()
    try:
        if size <= WHOLE:
            return Sample(stream.read(size), size, whole=True)
        start = stream.read(_END)
        stream.seek(-_END, os.SEEK_END)
        return Sample(start, size, stream.read(_END))
    finally:
        stream.seek(at)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _megabytes(octets: int) -> str:
    return f"{octets / 1_000_000:,.1f} MB".replace(".0 MB", " MB")
