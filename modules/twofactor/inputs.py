"""What the forms of second factors hold."""

from typing import ClassVar, Self

from core import Secret, Sentence, form, inputs


class TypedCode(Secret):
    """A code as somebody typed it: six digits of an app, or a recovery code."""

    __slots__ = ()
    longest: ClassVar[int] = 64

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Raise ValueError with a reason that reads after the field's name."""
        if not text.strip():
            raise ValueError(Sentence("is missing"))
        return super().parse(text.strip())


@inputs
class SecondFactor:
    """The code after the password."""

    code: TypedCode = form()


@inputs
class NewFactor:
    """The code that shows that an app has the secret, and the password once more."""

    code: TypedCode = form()
    password: Secret = form()


@inputs
class Proof:
    """Password and code, before a second factor is changed or removed."""

    code: TypedCode = form()
    password: Secret = form()
