"""Idle: how long somebody stays logged in without doing anything, and a word before that time is over."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from core import AtLogin, Module, Phase, Redirect, Session, User, UserSettings, setting

module = Module("idle", requires=("login",))

stay_page = module.page("stay", "/idle/stay", method="POST")


class Patience(Enum):
    """After how many minutes without activity a session ends."""

    SHORT = "15"
    HALF_AN_HOUR = "30"
    HOUR = "60"
    TWO_HOURS = "120"
    DAY_AT_WORK = "480"
    SITE = "site"

    @property
    def label(self) -> str:
        """What people read."""
        return {
            "15": "15 minutes",
            "30": "30 minutes",
            "60": "1 hour",
            "120": "2 hours",
            "480": "8 hours",
            "site": "As this site has it",
        }[self.value]

    @property
    def span(self) -> timedelta:
        """How long that is; the site's own bound is shorter than a year."""
        return timedelta(days=365) if self is Patience.SITE else timedelta(minutes=int(self.value))


@module.settings
@dataclass(frozen=True)
class IdleSettings:
    """Staying logged in."""

    after: Patience = setting(
        Patience.SITE,
        label="Log me out after",
        help="So long without doing anything. The site may allow less than you choose.",
    )


@module.service
def begin_clock(session: Session, settings: UserSettings) -> AtLogin:
    """The session's clock goes as its user wants it from the log-in on."""

    def begin(user: User) -> None:
        session.settings = settings.of(user.name, session.key)
        session.idle = session.settings.get(IdleSettings).after.span

    return AtLogin(begin)


@module.guard(Phase.SESSION)
def set_clock(session: Session, settings: UserSettings) -> Redirect | None:
    """A session whose log-in set no clock gets it from its first page, as its user wants it."""
    if isinstance(session.visitor, User) and session.idle is None:
        session.idle = settings.get(IdleSettings).after.span
    return None


@module.handler(stay_page)
def stay() -> Redirect:
    """Being asked is enough: the session was active."""
    return Redirect("/mail/")
