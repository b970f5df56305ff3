"""What is found out about packed parts of a message."""

from collections.abc import Iterator
from dataclasses import dataclass

from modules.mail.api import FileJudgement
from modules.tnef.unpacking import PackedFile, Unpacked


@dataclass(frozen=True)
class PackedPart:
    """A packed part: what is inside, or None where it cannot be unpacked, and the address below which its files are."""

    inside: Unpacked | None
    base: str
    shows_text: bool


@dataclass(frozen=True)
class PackedFileChunks:
    """A file on its way, or a picture to be shown in the page, which was drawn anew."""

    filename: str
    chunks: Iterator[bytes]
    size: int
    media_type: str = "application/octet-stream"
    inline: bool = False


@dataclass(frozen=True)
class JudgedPackedFile:
    """A file, what is known of it, where it is saved, and the message that holds it."""

    file: PackedFile
    judgement: FileJudgement
    path: str
    message_path: str
