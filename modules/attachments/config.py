"""The [attachments] section of hm3.ini: which files people may send from here."""

import re
from dataclasses import dataclass
from typing import Self

from core import Line, option

_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/(\*|[a-z0-9][a-z0-9.+-]*)", re.ASCII)
_EXTENSION = re.compile(r"\.?([a-z0-9][a-z0-9_-]{0,15})", re.ASCII)


class TypePattern(Line):
    """A media type such as application/pdf, or all of a kind such as image/*."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        line = super().parse(text).strip().lower()
        if not _TYPE.fullmatch(line):
            raise ValueError("is not a media type like application/pdf or image/*")
        return cls(line)

    def names(self, media_type: str) -> bool:
        """Whether it stands for this media type."""
        return media_type == self or (self.endswith("/*") and media_type.startswith(self[:-1]))


class Extension(Line):
    """What stands after the last dot of a file's name."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the option's name."""
        found = _EXTENSION.fullmatch(super().parse(text).strip().lower())
        if found is None:
            raise ValueError("is not an extension like exe")
        return cls(found[1])


@dataclass(frozen=True)
class AttachmentsConfig:
    """Files that people send from here. How large they may be, and how many, stands in [compose].

    The names of types are those of the content; application/octet-stream stands for what nobody knows.
    """

    allow_types: tuple[TypePattern, ...] = option(
        (), help="The only media types that are taken, by content, such as application/pdf, image/*. Without it, all."
    )
    deny_types: tuple[TypePattern, ...] = option((), help="Media types that are never taken, by content.")
    allow_extensions: tuple[Extension, ...] = option(
        (), help="The only extensions of names that are taken, such as pdf, docx, jpg. Without it, all."
    )
    deny_extensions: tuple[Extension, ...] = option(
        (), help="Extensions of names that are never taken. Names in archives count too, as far as they can be read."
    )
    refuse_dangerous: bool = option(
        False,
        help="Take nothing that readers are warned of as dangerous: programs, scripts, macros, names that deceive, "
        "archives that are made to fill disks.",
    )
