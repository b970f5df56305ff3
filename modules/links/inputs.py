"""What the leaving page accepts."""

import re
from typing import ClassVar, Self

from core import Line, Sentence, inputs, query

_LETTERS = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class Encoded(Line):
    """Octets in the letters of base64url, without padding."""

    __slots__ = ()
    longest: ClassVar[int] = 4000

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the field's name."""
        line = super().parse(text)
        if not _LETTERS.fullmatch(line):
            raise ValueError(Sentence("is not what this site wrote"))
        return line


class Signature(Encoded):
    """A short one."""

    __slots__ = ()
    longest: ClassVar[int] = 22


@inputs
class LeavingRequest:
    """Which link: `m` stands for the message, `u` is the link, `s` says that this site wrote it for this user."""

    m: Signature = query()
    u: Encoded = query()
    s: Signature = query()
