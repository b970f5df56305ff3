"""What the page about delivery accepts."""

from typing import ClassVar

from core import Line, inputs, query


class Recipients(Line):
    """Addresses with commas between them."""

    __slots__ = ()
    longest: ClassVar[int] = 8_000


@inputs
class Asked:
    """Whose servers are asked about."""

    to: Recipients = query(Recipients(""))
