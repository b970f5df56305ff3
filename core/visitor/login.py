"""How a visitor becomes a user: authenticators say who it is, login steps ask for more, the last one makes the user."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from core.input.values import Secret
from core.output.slots import Redirect
from core.visitor.keys import Keyring
from core.visitor.permissions import Candidate, Roles, User
from core.visitor.session import Session

if TYPE_CHECKING:
    from core.module import Page


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """The time, as a value that tests can set."""

    now: Callable[[], datetime] = _now


@dataclass(frozen=True)
class Identity:
    """Whom an authenticator recognised, and the secrets the session keeps for them.

    `password` opens the user's data key; it is not kept itself. Where an authenticator learns no
    password, the server itself has to hold the data key.
    """

    name: str
    secrets: Mapping[str, Secret] = field(default_factory=dict, repr=False)
    password: Secret | None = field(default=None, repr=False)


class Authenticator(Protocol):
    """One way to log in with a name and a password. Modules offer these as services, in the order of hm3.ini."""

    @property
    def name(self) -> str:
        """What people call it, such as imap."""
        ...

    def authenticate(self, username: str, password: Secret) -> Identity | None:
        """Who this is, or None where name or password is wrong. Raises UpstreamError where that cannot be told."""
        ...


@dataclass(frozen=True)
class AtLogout:
    """Something to close when a session ends by log-out. Modules offer these as services."""

    close: Callable[[], None]


@dataclass(frozen=True)
class LoginStep:
    """Something more to ask after the password. Modules offer these as services."""

    name: str
    page: "Page"
    applies: Callable[[str], bool]


class Login:
    """Leads a candidate through the login steps; the last one makes a user."""

    def __init__(
        self,
        session: Session,
        steps: tuple[LoginStep, ...],
        roles: Roles,
        clock: Clock,
        keyring: Keyring | None = None,
    ) -> None:
        self._session = session
        self._steps = steps
        self._roles = roles
        self._clock = clock
        self._keyring = keyring

    def begin(self, identity: Identity, afterwards: str = "/") -> Redirect:
        """The password was right: keep what the authenticator gave and go on to the first step, or in."""
        for name, secret in identity.secrets.items():
            self._session.keep(name, secret)
        self._session.key = None
        if self._keyring is not None and identity.password is not None:
            self._session.key = self._keyring.unlock(identity.name, identity.password)
        elif self._keyring is not None:
            self._session.key = self._keyring.held(identity.name)
        self._session.after_login = afterwards
        return self._advance(Candidate(identity.name))

    def passed(self, candidate: Candidate, step: str) -> Redirect:
        """One step was passed: go on to the next, or in."""
        return self._advance(Candidate(candidate.name, candidate.passed | {step}))

    def _advance(self, candidate: Candidate) -> Redirect:
        self._session.renew()
        for step in self._steps:
            if step.name not in candidate.passed and step.applies(candidate.name):
                self._session.visitor = candidate
                return Redirect(step.page.rule)
        self._session.visitor = User(candidate.name, self._roles.of(candidate.name))
        now = self._clock.now()
        self._session.created = self._session.last_seen = now
        return Redirect(self._session.after_login)
