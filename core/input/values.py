"""The value types every module may use for its inputs: each parses and bounds itself."""

import re
from typing import ClassVar, Self

from core.sentences import Sentence

_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,18})", re.ASCII)
# All characters of the categories Cc and Cs, and for a line Zl and Zp. Unicode adds none to them.
_NOT_IN_LINE = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_NOT_IN_TEXT = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ROW_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Line(str):
    """One line of text: no control characters, no line or paragraph separators, at most `longest` characters."""

    __slots__ = ()
    longest: ClassVar[int] = 998

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the field's name."""
        if len(text) > cls.longest:
            raise ValueError(Sentence("is longer than %(longest)s characters", longest=cls.longest))
        if _NOT_IN_LINE.search(text):
            raise ValueError(Sentence("contains control characters"))
        return cls(text)


class Text(str):
    """Several lines of text: line ends become LF; tabs are kept, other control characters are refused."""

    __slots__ = ()
    longest: ClassVar[int] = 2_000_000

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the field's name."""
        if len(text) > cls.longest:
            raise ValueError(Sentence("is longer than %(longest)s characters", longest=cls.longest))
        lines = text.replace("\r\n", "\n").replace("\r", "\n")
        if _NOT_IN_TEXT.search(lines):
            raise ValueError(Sentence("contains control characters"))
        return cls(lines)


class Secret(str):
    """A password or token, kept exactly as received; it never shows itself in a log or a repr."""

    __slots__ = ()
    longest: ClassVar[int] = 1024

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the field's name."""
        if len(text) > cls.longest:
            raise ValueError(Sentence("is longer than %(longest)s characters", longest=cls.longest))
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise ValueError(Sentence("contains characters that no password can hold"))
        return cls(text)

    def __repr__(self) -> str:
        return "<secret>"


class Count(int):
    """A whole number from `least` to `most`, in plain ASCII digits."""

    __slots__ = ()
    least: ClassVar[int] = 0
    most: ClassVar[int] = 2**31 - 1

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the field's name."""
        if not _WHOLE_NUMBER.fullmatch(text) or text == "-0":
            raise ValueError(Sentence("is not a whole number"))
        number = int(text)
        if not cls.least <= number <= cls.most:
            raise ValueError(Sentence("is not between %(least)s and %(most)s", least=cls.least, most=cls.most))
        return cls(number)


class Port(Count):
    """A TCP port."""

    __slots__ = ()
    least: ClassVar[int] = 1
    most: ClassVar[int] = 65535


class RowId(Line):
    """What names one of a user's rows, such as a session or a device: 32 hexadecimal digits."""

    __slots__ = ()
    refused: ClassVar[Sentence] = Sentence("is not one of these")

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with the reason `refused` unless it looks like one."""
        if not _ROW_ID.fullmatch(text):
            raise ValueError(cls.refused)
        return cls(text)


class SitePath(Line):
    """The path of a page of this site, never of another one."""

    __slots__ = ()
    longest: ClassVar[int] = 2000

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError unless the text is an absolute path without a host."""
        line = super().parse(text)
        if not line.startswith("/") or line.startswith("//") or "\\" in line:
            raise ValueError(Sentence("is not an address of this site"))
        return line
