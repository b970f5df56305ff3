"""What the login page shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LoginForm:
    """The login form, with where to go afterwards."""

    next: str
