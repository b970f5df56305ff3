"""What remember reads: the ticked box, the cookie of the browser, and which device a form is about."""

import re
from typing import Self

from core import Line, Sentence, cookie, form, inputs, path
from modules.remember.token import TokenText


class DeviceId(Line):
    """The name of one remembered device."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError unless it looks like one."""
        if not re.fullmatch(r"[0-9a-f]{32}", text):
            raise ValueError(Sentence("is not a device"))
        return cls(text)


@inputs
class Wish:
    """Whether the box was ticked."""

    remember: bool = form(False)


@inputs
class Held:
    """The token that the browser keeps."""

    remember: TokenText = cookie(TokenText(""))


@inputs
class OneDevice:
    """One remembered device."""

    id: DeviceId = path()
