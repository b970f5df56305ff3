"""What remember reads: the ticked box, the cookie of the browser, and which device a form is about."""

from typing import ClassVar

from core import RowId, Sentence, cookie, form, inputs, path
from modules.remember.token import TokenText


class DeviceId(RowId):
    """The name of one remembered device."""

    __slots__ = ()
    refused: ClassVar[Sentence] = Sentence("is not a device")


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
