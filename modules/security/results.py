"""What the security pages show."""

from dataclasses import dataclass
from datetime import datetime

from core import Device


@dataclass(frozen=True)
class SecurityPage:
    """How a user's account is guarded; where no password opens their data key, the server holds it.

    Other modules put their sections beside this one's.
    """

    locked: bool
    code_made: datetime | None
    code_used: bool
    held: bool = False


@dataclass(frozen=True)
class OpenSessions:
    """Where a user is logged in, this device first."""

    devices: tuple[Device, ...]


@dataclass(frozen=True)
class UnlockForm:
    """The ways back to what is stored for a user, and whether they ever made a recovery code."""

    has_code: bool


@dataclass(frozen=True)
class WhatWasLeft:
    """Until when what a user left behind can be had back; None where nothing was."""

    until: datetime | None


@dataclass(frozen=True)
class LeftForm:
    """The form that brings back what was left behind."""

    until: datetime


@dataclass(frozen=True)
class EraseForm:
    """Whom to erase, and whether their account itself is kept here and goes with the rest."""

    name: str
    has_account: bool


@dataclass(frozen=True)
class Gone:
    """Nothing of the user is left."""


@dataclass(frozen=True)
class NewCode:
    """A recovery code that was made and not yet confirmed, and which of its groups are asked for."""

    code: str
    first: int
    second: int

    @property
    def groups(self) -> tuple[str, ...]:
        """The code as it is written down."""
        return tuple(self.code.split("-"))
