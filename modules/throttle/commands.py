"""What throttle adds to the command line."""

from core import Line
from modules.throttle.module import module
from modules.throttle.services import Throttle


@module.command("unlock")
def unlock(name: Line, throttle: Throttle) -> str:
    """Let somebody try again at once: NAME as they type it at the login, or an address."""
    return f"{name} can log in again." if throttle.unlock(name) else f"{name} was not locked; nothing was counted."
