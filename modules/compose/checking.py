"""Look at files before they are taken for a message: their names, and what the site's rules and virus scanner say."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from core import Sentence, Upload
from modules.compose.headers import clean_line
from modules.mail.api import AttachmentJudge, Care, VirusScanner

LONGEST_NAME = 200
_PIECE = 64 * 1024


@dataclass(frozen=True)
class UploadChecks:
    """Who looks at files before they are taken; without these, only the bounds count."""

    judge: AttachmentJudge | None = None
    scanner: VirusScanner | None = None

    def check(self, upload: Upload) -> str:
        """What is worth knowing of a file that is taken, or nothing. Raises Refusal, UpstreamError where it is not."""
        odd = self.judge.admit(upload).oddities if self.judge is not None else ()
        notes = [oddity.what for oddity in odd if oddity.care is not Care.NOTE]
        if self.scanner is not None and self.scanner.uploads:
            unchecked = self.scanner.scan(plain_name(upload.filename), upload.size, _chunks(upload.stream))
            upload.stream.seek(0)
            notes.extend([unchecked] if unchecked is not None else [])
        return Sentence.joined(notes) if notes else ""


def plain_name(name: str) -> str:
    """A name without the folders that some browsers send with it."""
    leaf = clean_line(name.replace("\\", "/").rpartition("/")[2])
    stem, dot, ending = leaf.rpartition(".")
    if len(leaf) > LONGEST_NAME and dot and len(ending) < 20:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return leaf[:LONGEST_NAME] or "file"


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece
