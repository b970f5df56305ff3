"""What remember shows: the box on the login form, and the devices on the security page."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class RememberBox:
    """The box on the login form, and for how long it counts."""

    lasts: timedelta

    @property
    def days(self) -> int:
        """For how many days, rounded; 0 for less than one."""
        return round(self.lasts / timedelta(days=1))


@dataclass(frozen=True)
class RememberedDevice:
    """A device that comes in without a password. `place` is the network in which it was remembered."""

    id: str
    label: str
    place: str
    made: datetime
    used: datetime
    ends: datetime
    current: bool


@dataclass(frozen=True)
class RememberedDevices:
    """A user's remembered devices, the one that asks first."""

    devices: tuple[RememberedDevice, ...]
