"""What the pages of local accounts show."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class OwnPassword:
    """Since when a user with a local account has their password; None for users whose password is kept elsewhere."""

    changed: datetime | None


@dataclass(frozen=True)
class PasswordForm:
    """The form of a new password, and how long it has to be at least."""

    name: str
    shortest: int
