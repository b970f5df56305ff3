"""What the login page shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LoginForm:
    """The login form, with where to go afterwards; `later` says whose password it does not need yet.

    `why` tells whoever was logged in until now what ended that.
    """

    next: str
    later: str = ""
    why: str = ""


@dataclass(frozen=True)
class PasswordLater:
    """Some names are asked for their password on a page after the login form, which says so. Modules offer these."""

    help: str
