"""Which program asks, and logging a user in for it: through the same gates, checks and steps as people pass."""

import hmac
import logging

from core import (
    Authenticator,
    Candidate,
    Client,
    InputError,
    Login,
    LoginAttempt,
    LoginGate,
    LoginStep,
    NotAllowed,
    Sentence,
    Session,
    in_turn,
)
from modules.api.config import ProgramConfig
from modules.api.errors import CodeNeeded, PeopleOnly, WrongCode, WrongKey, WrongPassword
from modules.api.inputs import Credentials, ShownKey
from modules.api.module import module

log = logging.getLogger("hm3.api")
# A person takes a step or two; more would be a circle.
_MOST_STEPS = 5


class Program:
    """The program that asks, once its key was found right."""

    def __init__(self, shown: ShownKey, programs: tuple[ProgramConfig, ...]) -> None:
        self._key = shown.authorization.partition(" ")[2].strip().encode()
        self._programs = programs

    def require(self) -> str:
        """The program's name. Raises WrongKey."""
        # All are compared, so that the time tells nothing.
        found = [one.name for one in self._programs if hmac.compare_digest(one.key.encode(), self._key)]
        if not found:
            raise WrongKey(Sentence("This key is not one of a program that may log in here."))
        return str(found[0])


class ProgramLogin:
    """Logs a user in for a program, in a session that no cookie holds."""

    def __init__(
        self,
        session: Session,
        login: Login,
        authenticators: tuple[Authenticator, ...],
        gates: tuple[LoginGate, ...],
        steps: tuple[LoginStep, ...],
        client: Client,
    ) -> None:
        self._session = session
        self._login = login
        self._authenticators = authenticators
        self._gates = gates
        self._steps = steps
        self._client = client

    def enter(self, credentials: Credentials) -> None:
        """Make the session the user's. Raises a Refusal with a word for programs, and then nothing is kept."""
        attempt = LoginAttempt(credentials.name, self._client)
        self._admit(attempt)
        for authenticator in in_turn(self._authenticators):
            identity = authenticator.authenticate(credentials.name.strip(), credentials.password)
            if identity is None:
                continue
            try:
                self._login.begin(identity, attempt=attempt)
            except NotAllowed:
                # Who is barred counts as who guesses: otherwise the counts would tell that the password was right.
                break
            self._pass_steps(credentials)
            return
        self._fail(attempt)
        raise WrongPassword(Sentence("The name or the password is wrong."))

    def _pass_steps(self, credentials: Credentials) -> None:
        for _ in range(_MOST_STEPS):
            candidate = self._session.visitor
            if not isinstance(candidate, Candidate):
                return
            try:
                self._pass_step(candidate, credentials)
            except NotAllowed:
                self._session.end()
                raise

    def _pass_step(self, candidate: Candidate, credentials: Credentials) -> None:
        due = [one for one in self._steps if one.name not in candidate.passed and one.applies(candidate.name)]
        check = next((one.check for one in due if one.name == due[0].name and one.check is not None), None)
        if check is None:
            raise PeopleOnly(Sentence("This user has a second factor that only people can use."))
        if not credentials.code:
            raise CodeNeeded(Sentence("This user has a second factor. Send its code as well."))
        attempt = LoginAttempt(candidate.name, self._client)
        self._admit(attempt)
        if not check(candidate.name, credentials.code):
            self._fail(attempt)
            raise WrongCode(Sentence("The code is wrong, was used already or is too old."))
        self._login.passed(candidate, due[0].name)

    def _admit(self, attempt: LoginAttempt) -> None:
        for gate in self._gates:
            try:
                gate.admit(attempt)
            except InputError as error:
                raise PeopleOnly(
                    Sentence("This site asks people to pass a test before they log in, which no program can.")
                ) from error

    def _fail(self, attempt: LoginAttempt) -> None:
        for gate in self._gates:
            gate.failed(attempt)


@module.service
def open_program(shown: ShownKey, programs: tuple[ProgramConfig, ...]) -> Program:
    """The program that asks."""
    return Program(shown, programs)


@module.service
def open_login(
    session: Session,
    login: Login,
    authenticators: tuple[Authenticator, ...],
    gates: tuple[LoginGate, ...],
    steps: tuple[LoginStep, ...],
    client: Client,
) -> ProgramLogin:
    """The login of one request of a program."""
    return ProgramLogin(session, login, authenticators, gates, steps, client)
