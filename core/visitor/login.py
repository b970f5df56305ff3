"""How a visitor becomes a user: authenticators say who it is, login steps ask for more, the last one makes the user."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from core.errors import InputError, NotAllowed
from core.ini.values import RoleName
from core.input.reading import Client
from core.input.values import Secret
from core.output.slots import Redirect
from core.sentences import Sentence
from core.visitor.keys import Keyring
from core.visitor.permissions import Candidate, Roles, User
from core.visitor.renewal import Resealing
from core.visitor.session import Session

if TYPE_CHECKING:
    from core.module import Page


# For so long a log-in shows that somebody without a password is still there.
FRESH = timedelta(minutes=10)


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
    password, the server itself has to hold the data key. `roles` are the user's in this session,
    besides those of hm3.ini; `display_name` and `address` are whom their mail comes from, where known.
    `key` is the user's data key, where the way they came by opened it already (see LastingLogin).
    """

    name: str
    secrets: Mapping[str, Secret] = field(default_factory=dict, repr=False)
    password: Secret | None = field(default=None, repr=False)
    key: bytes | None = field(default=None, repr=False)
    roles: frozenset[str] = frozenset()
    display_name: str = ""
    address: str = ""


class Authenticator(Protocol):
    """One way to log in with a name and a password. Modules offer these as services, in the order of hm3.ini."""

    @property
    def name(self) -> str:
        """What people call it, such as imap."""
        ...

    def authenticate(self, username: str, password: Secret) -> Identity | None:
        """Who this is, or None where name or password is wrong. Raises UpstreamError where that cannot be told."""
        ...


class OwnAuthenticator:
    """Marks an authenticator that asks nobody else: no password that it knows is to be sent elsewhere first."""


def in_turn(authenticators: Iterable[Authenticator]) -> tuple[Authenticator, ...]:
    """Authenticators as they are to be asked: those that ask nobody else first, each kind in the order of hm3.ini."""
    return tuple(sorted(authenticators, key=lambda one: not isinstance(one, OwnAuthenticator)))


@dataclass(frozen=True)
class LoginAttempt:
    """Somebody wants to log in with a name, in the spelling that they typed, from somewhere.

    `by_key` says that a key is shown and no password: nobody guesses one, so no test has to tell people from programs.
    """

    name: str
    client: Client
    by_key: bool = False

    @property
    def account(self) -> str:
        """The name in one spelling, so that no other spelling has counts of its own."""
        return "".join(unicodedata.normalize("NFKC", self.name).casefold().split())


class LoginGate(Protocol):
    """Something that may refuse a login before any password is looked at. Modules offer these as services.

    A gate may ask for inputs of its own on the login form; slot `login.form` is where it shows what it needs.
    """

    def admit(self, attempt: LoginAttempt) -> None:
        """Let the attempt through, or raise a Refusal that is the same for known and unknown names."""
        ...

    def failed(self, attempt: LoginAttempt) -> None:
        """The name or the password was wrong."""
        ...


@dataclass(frozen=True)
class AtLogin:
    """Something to do when the last login step was passed. Modules offer these as services."""

    arrive: Callable[[User], None]


@dataclass(frozen=True)
class AtLogout:
    """Something to close when a session ends by log-out. Modules offer these as services."""

    close: Callable[[], None]


@dataclass(frozen=True)
class UnlockPage:
    """Where a user goes whose password was changed elsewhere and opens nothing here. One module may offer it."""

    path: str


# The name of every login step that is a second factor.
SECOND_FACTOR = "twofactor"


def _nobody(name: str) -> bool:
    return False


@dataclass(frozen=True)
class LoginBar:
    """Keeps users out, whichever way they would log in, as if their password were wrong. Modules offer these."""

    bars: Callable[[str], bool] = _nobody


@dataclass(frozen=True)
class LoginStep:
    """Something more to ask after the password. Modules offer these as services.

    Steps of one name stand for each other: whoever has passed one of them is asked for none of the others. `check`
    tells of a name and a code whether the code passes the step; without it programs cannot pass.
    """

    name: str
    page: "Page"
    applies: Callable[[str], bool]
    check: Callable[[str, str], bool] | None = None


@dataclass(frozen=True)
class StepWaiver:
    """Spares users every login step of one name, as on a device that they trust. Modules offer these as services."""

    step: str
    applies: Callable[[str], bool]


class PasswordCheck:
    """Asks for a user's password again before something that nobody else may do in their name."""

    def __init__(
        self,
        authenticators: tuple[Authenticator, ...],
        gates: tuple[LoginGate, ...],
        client: Client,
        session: Session,
        clock: Clock,
    ) -> None:
        self._authenticators = authenticators
        self._gates = gates
        self._client = client
        self._session = session
        self._clock = clock

    def confirm(self, user: User, password: Secret) -> None:
        """Raise InputError for `password` unless it is the user's own. A gate may refuse before that.

        Where it is, the session gets a new pair of cookies: what was stolen before is of no use for what comes now.
        Users without a password have to have logged in just now; raises NotAllowed where that is too long ago.
        """
        if not self._session.asks_password:
            return self._confirm_otherwise()
        if not password:
            raise InputError("password", Sentence("is missing"))
        attempt = LoginAttempt(user.name, self._client)
        for gate in self._gates:
            gate.admit(attempt)
        for authenticator in in_turn(self._authenticators):
            identity = authenticator.authenticate(user.name, password)
            if identity is not None and identity.name == user.name:
                self._session.rotate()
                return
        for gate in self._gates:
            gate.failed(attempt)
        raise InputError("password", Sentence("is not your password"))

    def _confirm_otherwise(self) -> None:
        if not self._session.proved_since(self._clock.now() - FRESH):
            raise NotAllowed(
                Sentence("You log in without a password here. Log out and in again, then do this within ten minutes.")
            )
        self._session.rotate()


class Login:
    """Leads a candidate through the login steps; the last one makes a user."""

    def __init__(
        self,
        session: Session,
        steps: tuple[LoginStep, ...],
        roles: Roles,
        clock: Clock,
        keyring: Keyring | None = None,
        arrivals: tuple[AtLogin, ...] = (),
        unlock: UnlockPage | None = None,
        bars: tuple[LoginBar, ...] = (),
        resealing: Resealing | None = None,
        waivers: tuple[StepWaiver, ...] = (),
    ) -> None:
        self._session = session
        self._steps = steps
        self._roles = roles
        self._clock = clock
        self._keyring = keyring
        self._arrivals = arrivals
        self._unlock = unlock
        self._bars = bars
        self._resealing = resealing
        self._waivers = waivers

    def begin(
        self,
        identity: Identity,
        afterwards: str = "/",
        attempt: LoginAttempt | None = None,
        passed: frozenset[str] = frozenset(),
    ) -> Redirect:
        """The password was right: keep what the authenticator gave and go on to the first step, or in.

        `attempt` tells by which name the visitor came, where they typed one. `passed` names the steps that this way
        to log in counts for as well. Raises NotAllowed, with nothing kept, for a user who is barred.
        """
        if any(bar.bars(identity.name) for bar in self._bars):
            raise NotAllowed(Sentence("The name or the password is wrong."))
        # Nothing of whoever was logged in here before goes over, nor of whom only the password was known.
        self._session.begin_anew()
        self._session.keep_typed_name(attempt.account if attempt is not None else "")
        for name, secret in identity.secrets.items():
            self._session.keep(name, secret)
        self._session.keep_brought(identity.secrets)
        # A directory or provider may give them as their own names are written, and hm3.ini in another spelling.
        self._session.roles = frozenset(RoleName.parse(role) for role in identity.roles)
        self._session.display_name, self._session.address = identity.display_name, identity.address
        self._session.key = None
        if identity.key is not None:
            is_current = self._keyring is None or self._keyring.is_current(identity.name, identity.key)
            self._session.key = identity.key if is_current else None
        elif self._keyring is not None and identity.password is not None:
            self._session.key = self._keyring.unlock(identity.name, identity.password)
        elif self._keyring is not None:
            self._session.key = self._keyring.held(identity.name)
        if self._keyring is not None and identity.password is None and not self._keyring.has_password(identity.name):
            self._session.came_without_password(self._clock.now() if identity.key is None else None)
        self._session.after_login = afterwards
        if self._session.key is None and identity.password is not None and self._unlock is not None:
            self._session.keep_new_password(identity.password)
            self._session.after_login = self._unlock.path
        return self._advance(Candidate(identity.name, passed))

    def passed(self, candidate: Candidate, step: str) -> Redirect:
        """One step was passed: go on to the next, or in."""
        return self._advance(Candidate(candidate.name, candidate.passed | {step}))

    def _advance(self, candidate: Candidate) -> Redirect:
        self._session.renew()
        for step in self._steps:
            if step.name not in candidate.passed and step.applies(candidate.name) and not self._waives(step, candidate):
                self._session.visitor = candidate
                return Redirect(step.page.rule)
        user = User(candidate.name, self._roles.of(candidate.name) | self._session.roles)
        self._session.visitor, self._session.passed = user, candidate.passed
        now = self._clock.now()
        self._session.created = self._session.last_seen = now
        if self._resealing is not None and self._session.key is not None:
            self._resealing.settle(user.name, self._session.key)
        for arrival in self._arrivals:
            arrival.arrive(user)
        return Redirect(self._session.after_login)

    def _waives(self, step: LoginStep, candidate: Candidate) -> bool:
        return any(waiver.step == step.name and waiver.applies(candidate.name) for waiver in self._waivers)
