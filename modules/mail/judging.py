"""What is known of files before anybody opens them, and the protocols by which other modules find it out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from core import Sentence


class Care(Enum):
    """How much care a file asks for: a fact to know, a reason to be careful, a likely attack."""

    NOTE = "note"
    CAREFUL = "warn"
    DANGER = "danger"


@dataclass(frozen=True)
class FileOddity:
    """What is odd about a file, and why that matters."""

    care: Care
    what: Sentence
    why: Sentence


@dataclass(frozen=True)
class Sample:
    """Some octets of a file: its beginning and its end, of about `size`. Where `whole`, the beginning is all of it."""

    start: bytes = field(repr=False)
    size: int
    end: bytes = field(default=b"", repr=False)
    whole: bool = False


@dataclass(frozen=True)
class FileJudgement:
    """What was found out about a file. `kind` and `media_type` tell what it is by its content, where that was seen."""

    oddities: tuple[FileOddity, ...] = ()
    kind: str = ""
    media_type: str = ""

    @property
    def care(self) -> Care | None:
        """How much care it asks for; None where nothing is odd."""
        asked = {oddity.care for oddity in self.oddities}
        return next((care for care in (Care.DANGER, Care.CAREFUL, Care.NOTE) if care in asked), None)

    @property
    def warns(self) -> bool:
        """Whether people are told before they get it."""
        return self.care in (Care.DANGER, Care.CAREFUL)


class AttachmentJudge(Protocol):
    """Tells what files are and what is odd about them. One module may offer it; without it nothing is said."""

    def judge(self, name: str, media_type: str, sample: Sample | None = None) -> FileJudgement:
        """What the name and the declared media type tell and, where there is a sample, the content."""
        ...

    def looks_inside(self, start: bytes) -> bool:
        """Whether a file that begins like this holds more that can be judged further on."""
        ...

    def admit(self, name: str, media_type: str, sample: Sample) -> FileJudgement:
        """The same of a file that somebody wants to send. Raises Refusal where this site does not take such files."""
        ...


class VirusScanner(Protocol):
    """Has files looked through by a virus scanner. One module may offer it; without it none are."""

    @property
    def uploads(self) -> bool:
        """Whether files that people send are looked through."""
        ...

    @property
    def downloads(self) -> bool:
        """Whether files of messages are looked through before they are sent to the browser."""
        ...

    def scan(self, name: str, size: int, chunks: Iterable[bytes]) -> Sentence | None:
        """None where the file is clean; else why it was let through without being looked at.

        Raises Refusal where something was found, UpstreamError where it has to be looked at and cannot be.
        """
        ...


class PictureDrawing(Protocol):
    """Draws pictures of messages anew, so that browsers get pixels alone. One module may offer it."""

    def draw(self, name: str, fetch: Callable[[], bytes]) -> tuple[str, bytes] | None:
        """The media type and the octets; None where what is fetched is no picture that can be shown.

        `name` tells this picture from all others of this user; one that was drawn before need not be fetched.
        """
        ...
