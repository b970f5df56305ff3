"""What programs send, and which link a browser follows."""

import re
from typing import ClassVar, Self

from core import Line, Secret, SitePath, form, header, inputs, path


class LoginName(Line):
    """A name to log in with."""

    __slots__ = ()
    longest: ClassVar[int] = 320


class Shown(Secret):
    """The whole Authorization of a program."""

    __slots__ = ()
    longest: ClassVar[int] = 20_000


class LinkToken(Secret):
    """What stands in a link; what cannot be one is like one that was used already."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Any text."""
        return cls(text if re.fullmatch(r"[A-Za-z0-9_-]{43}", text) else "")


@inputs
class ShownKey:
    """The key that a program shows."""

    authorization: Shown = header("Authorization", Shown(""))


@inputs
class Credentials:
    """Whom a program wants to log in."""

    name: LoginName = form()
    password: Secret = form()
    code: Secret = form(Secret(""))


@inputs
class Destination:
    """Where a link leads to."""

    next: SitePath = form(SitePath("/"))


@inputs
class OpenedLink:
    """The link that a browser shows."""

    token: LinkToken = path()


@inputs
class FollowedLink:
    """The link that somebody goes on with."""

    token: LinkToken = form()
