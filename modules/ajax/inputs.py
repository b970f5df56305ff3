"""What a page offers to agree on a key."""

from base64 import b64decode
from typing import ClassVar, Self

from core import Line, Sentence, agreement, form, inputs


class PublicKey(Line):
    """A public key in Base64."""

    __slots__ = ()
    longest: ClassVar[int] = 120

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the field's name."""
        line = super().parse(text)
        try:
            b64decode(line, validate=True)
        except ValueError:
            raise ValueError(Sentence("is not a key in Base64")) from None
        return line

    @property
    def octets(self) -> bytes:
        """The key itself."""
        return b64decode(self)


@inputs
class Offer:
    """The public half of a pair that a page made for this."""

    group: agreement.Group = form()
    public: PublicKey = form()
