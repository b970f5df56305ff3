"""What the form below an invitation holds."""

import re
from typing import ClassVar, Self

from core import Line, Sentence, Text, form, inputs
from modules.invitations.reply import Choice

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,40}", re.ASCII)


class Comment(Text):
    """What is said beside the answer."""

    __slots__ = ()
    longest: ClassVar[int] = 1000


class Word(Line):
    """A token or a seal: letters and digits that a page of this site wrote."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError for what no page of this site wrote."""
        if not _TOKEN.fullmatch(text):
            raise ValueError(Sentence("is not what this page wrote"))
        return cls(text)


@inputs
class Given:
    """What was answered, to which invitation, by which form."""

    choice: Choice = form()
    comment: Comment = form(default=Comment(""))
    seal: Word = form()
    token: Word = form()
