"""Remember: a device on which somebody wants to stay logged in comes in again without a password."""

from dataclasses import dataclass
from datetime import timedelta

from core import Module, option

module = Module("remember", requires=("login", "security"))

forget_page = module.page("forget", "/security/remembered/<id>/forget", method="POST")


@module.config
@dataclass(frozen=True)
class RememberConfig:
    """Devices that stay logged in, where their user ticked the box on the login page."""

    offer: bool = option(
        True,
        help="Whether the box is offered. With no, devices that were remembered before need a password too.",
    )
    lasts: timedelta = option(
        timedelta(days=30), help="For how long after the password was typed a device comes in without it, at most."
    )
    after_idle: bool = option(
        True,
        help="Whether a remembered device comes in again after nothing was done there for as long as [session] idle or "
        "its user says. With no, the box spares the password only where the browser was closed in between, or "
        "[session] longest was over.",
    )

    def __post_init__(self) -> None:
        """Raise ValueError where the options do not fit together."""
        if self.lasts < timedelta(minutes=1):
            raise ValueError("lasts has to be a minute or longer. Or say offer = no.")
