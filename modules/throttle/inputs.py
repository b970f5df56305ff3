"""What the browser keeps for throttle."""

from typing import ClassVar, Self

from core import Line, Secret, cookie, form, inputs


class BrowserMark(Secret):
    """The cookie of a browser that is known; what cannot be one counts as none and stops nobody from logging in."""

    __slots__ = ()
    longest = 2000

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Any text."""
        return cls(text if len(text) <= cls.longest and text.isascii() and text.isprintable() else "")


@inputs
class KnownBrowser:
    """Which names this browser is known for."""

    throttle_browser: BrowserMark = cookie(BrowserMark(""))


class LockedName(Line):
    """The name that somebody cannot log in with."""

    __slots__ = ()
    longest: ClassVar[int] = 320


@inputs
class OwnersProof:
    """A locked name, and the recovery code that shows whose it is."""

    username: LockedName = form(LockedName(""))
    code: Secret = form(Secret(""))
