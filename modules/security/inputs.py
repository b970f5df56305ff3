"""What the security forms hold."""

from typing import ClassVar

from core import Line, RowId, Secret, Sentence, form, inputs, path


class TypedCode(Line):
    """A recovery code, or a part of one, as somebody typed it."""

    __slots__ = ()
    longest: ClassVar[int] = 100


class SessionId(RowId):
    """The name of one open session."""

    __slots__ = ()
    refused: ClassVar[Sentence] = Sentence("is not a session")


@inputs
class OneSession:
    """One open session."""

    id: SessionId = path()


@inputs
class OwnPassword:
    """The user's password once more."""

    password: Secret = form(default=Secret(""))


@inputs
class OldWay:
    """The password from before, or the recovery code."""

    old_password: Secret = form(Secret(""))
    code: Secret = form(Secret(""))


@inputs
class WayBack:
    """The password or recovery code of before, and whether the settings of before replace those of now."""

    old_password: Secret = form(Secret(""))
    code: Secret = form(Secret(""))
    replace: bool = form(False)


class TypedName(Line):
    """A user's own name, typed to show that they mean it."""

    __slots__ = ()
    longest: ClassVar[int] = 320


@inputs
class LastWord:
    """The user's password once more, and their name."""

    password: Secret = form(Secret(""))
    name: TypedName = form(TypedName(""))


@inputs
class Sure:
    """Whether somebody is sure to leave what is stored behind."""

    sure: bool = form(False)


@inputs
class CodeGroups:
    """Two groups of the new recovery code, to show that it was written down."""

    first: TypedCode = form()
    second: TypedCode = form()
