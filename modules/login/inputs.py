"""What the login form holds."""

from typing import ClassVar

from core import Line, Secret, SitePath, form, inputs, query


class LoginName(Line):
    """A name to log in with."""

    __slots__ = ()
    longest: ClassVar[int] = 320


@inputs
class Password:
    """The login form."""

    username: LoginName = form()
    password: Secret = form()
    next: SitePath | None = form(None)


@inputs
class Afterwards:
    """Where to go after the login."""

    next: SitePath | None = query(None)
