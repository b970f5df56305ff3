"""What the pages of second factors show."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True)
class CodeForm:
    """The form that asks for a code after the password, and for how long none is asked for here, if so wished."""

    name: str
    trust: timedelta = timedelta()

    @property
    def days(self) -> int:
        """For how many days, rounded; 0 for less than one."""
        return round(self.trust / timedelta(days=1))


@dataclass(frozen=True)
class Enrolment:
    """A secret that is to go into an app: as a picture to be scanned, and as letters to be typed."""

    name: str
    address: str = field(repr=False)
    letters: str = field(repr=False)

    @property
    def groups(self) -> tuple[str, ...]:
        """The secret's letters as they are easily typed."""
        return tuple(self.letters[at : at + 4] for at in range(0, len(self.letters), 4))


@dataclass(frozen=True)
class TwofactorState:
    """Whether a user has a second factor, since when, how many recovery codes are left, and whether they must."""

    made: datetime | None
    codes_left: int
    required: bool


@dataclass(frozen=True)
class TrustedDevice:
    """A device on which a user is asked for no second factor. `place` is the network in which they said so."""

    id: str
    label: str
    place: str
    made: datetime
    used: datetime
    current: bool


@dataclass(frozen=True)
class TrustedDevices:
    """A user's trusted devices, the one that asks first."""

    devices: tuple[TrustedDevice, ...]


@dataclass(frozen=True)
class TwofactorSetup:
    """The page on which a second factor is set up, renewed or removed."""

    state: TwofactorState
    enrolment: Enrolment | None


@dataclass(frozen=True)
class NewCodes:
    """Recovery codes, shown this once."""

    codes: tuple[str, ...] = field(repr=False)
