"""What the security forms hold."""

from typing import ClassVar

from core import Line, Secret, form, inputs


class TypedCode(Line):
    """A recovery code, or a part of one, as somebody typed it."""

    __slots__ = ()
    longest: ClassVar[int] = 100


@inputs
class OwnPassword:
    """The user's password once more."""

    password: Secret = form()


@inputs
class OldWay:
    """The password from before, or the recovery code."""

    old_password: Secret = form(Secret(""))
    code: Secret = form(Secret(""))


@inputs
class Sure:
    """Whether somebody is sure to leave what is stored behind."""

    sure: bool = form(False)


@inputs
class CodeGroups:
    """Two groups of the new recovery code, to show that it was written down."""

    first: TypedCode = form()
    second: TypedCode = form()
