"""What is sealed under the server's own keys, and is sealed anew when they are rotated."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class ServerSealed:
    """What a module keeps sealed under ServerKeys or VaultKeys. Modules offer these as services.

    `reseal(progress)` seals every row anew that is not under the active key and in the suite of now, says each time how
    many it has done, and returns how many there were. Each row is a transaction of its own and changes only where it is
    still what was read, so that it may be cut short, run again, and run while the site is in use.
    """

    name: str
    reseal: Callable[[Callable[[int], None]], int]
