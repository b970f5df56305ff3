"""Erasing everything that is kept of a user: the core's own, and what each module keeps."""

from collections.abc import Callable
from dataclasses import dataclass

from core.database.settings import StoredSettings
from core.visitor.devices import Devices
from core.visitor.keys import Keyring
from core.visitor.revocation import Revocation


def _nobody(user: str) -> bool:
    return False


@dataclass(frozen=True)
class AtFarewell:
    """Erases what a module keeps of a user, named as `User.name` is. Modules offer these as services.

    It works without anybody being logged in, and where there is nothing it does nothing. `holds_account` tells
    whether the user's account itself is among what is erased, so that nobody can log in with it afterwards.
    """

    erase: Callable[[str], None]
    holds_account: Callable[[str], bool] = _nobody


class Farewell:
    """Takes leave of users: nothing of theirs stays."""

    def __init__(
        self,
        farewells: tuple[AtFarewell, ...],
        keyring: Keyring,
        settings: StoredSettings,
        devices: Devices,
        revocation: Revocation,
    ) -> None:
        self._farewells = farewells
        self._keyring = keyring
        self._settings = settings
        self._devices = devices
        self._revocation = revocation

    def knows(self, user: str) -> bool:
        """Whether the site keeps an account, keys, settings or sessions of this user."""
        return (
            self.has_account(user)
            or bool(self._keyring.wraps(user))
            or self._settings.has_some(user)
            or bool(self._devices.of(user, None, ""))
        )

    def has_account(self, user: str) -> bool:
        """Whether the user's account itself is kept here, and not at a mail server or directory alone."""
        return any(one.holds_account(user) for one in self._farewells)

    def take(self, user: str) -> None:
        """Log the user out everywhere and erase all that is kept of them. Doing it again does no harm.

        The keys go before what they encrypt: should anything fail on the way, what is left can be read by nobody.
        """
        self._revocation.log_out_everywhere(user)
        self._keyring.forget(user)
        for one in self._farewells:
            one.erase(user)
        self._settings.forget(user)
        self._devices.end_all(user)
