"""Logging a user out everywhere: sessions at once, and what modules keep that would let a browser in again."""

from collections.abc import Callable
from dataclasses import dataclass

from core.visitor.devices import Devices


@dataclass(frozen=True)
class AtRevocation:
    """What to take back when a user is logged out everywhere, by their name. Modules offer these as services.

    It has to work for a user who asks for it, in their session, and for an admin at the command line.
    """

    revoke: Callable[[str], None]


class Revocation:
    """Takes back every way into an account but its passwords and keys, as after a change of password."""

    def __init__(self, devices: Devices, hooks: tuple[AtRevocation, ...]) -> None:
        self._devices = devices
        self._hooks = hooks

    def log_out_everywhere(self, user: str, *, but: str = "") -> int:
        """End a user's sessions except the one with the id `but`; how many there were.

        From then on no browser comes in again by what it keeps.
        """
        self.forget_browsers(user)
        return self._devices.end_others(user, but)

    def forget_browsers(self, user: str) -> None:
        """Let no browser of a user come in again by what it keeps; sessions go on, as the user wants it."""
        for hook in self._hooks:
            hook.revoke(user)
