"""What the forms of second factors hold."""

from typing import ClassVar, Self

from core import RowId, Secret, Sentence, cookie, form, inputs, path


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


class TrustMarks(Secret):
    """The cookie of a trusted browser; what cannot be one counts as none and stops nobody from logging in."""

    __slots__ = ()
    longest: ClassVar[int] = 400

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Any text."""
        return cls(text if len(text) <= cls.longest and text.isascii() and text.isprintable() else "")


class DeviceId(RowId):
    """The name of one trusted device."""

    __slots__ = ()
    refused: ClassVar[Sentence] = Sentence("is not a device")


@inputs
class TrustWish:
    """Whether no code is to be asked for on this device for a while."""

    trust: bool = form(False)


@inputs
class HeldMarks:
    """For whom this browser is trusted."""

    twofactor_trust: TrustMarks = cookie(TrustMarks(""))


@inputs
class OneDevice:
    """One trusted device."""

    id: DeviceId = path()


@inputs
class NewFactor:
    """The code that shows that an app has the secret, and the password once more."""

    code: TypedCode = form()
    password: Secret = form(default=Secret(""))


@inputs
class Proof:
    """Password and code, before a second factor is changed or removed."""

    code: TypedCode = form()
    password: Secret = form(default=Secret(""))
