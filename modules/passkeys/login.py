"""The handlers of logging in: with a passkey alone, or with one after the password."""

import secrets

from core import (
    SECOND_FACTOR,
    AtLogin,
    Candidate,
    Client,
    Login,
    LoginAttempt,
    LoginGate,
    LoginStep,
    NotAllowed,
    Redirect,
    Secret,
    Sentence,
    Session,
    User,
)
from modules.login.api import LoginForm, login_page
from modules.passkeys.challenges import LASTS
from modules.passkeys.factors import OtherFactor
from modules.passkeys.inputs import ProvenKey, SentKey, Stranger
from modules.passkeys.logins import Logins
from modules.passkeys.module import finish_page, module, request_page, step_page, stepped_page
from modules.passkeys.party import RelyingParty
from modules.passkeys.proofs import UNKNOWN, NotProven, Proofs
from modules.passkeys.results import KeyRequest, PasskeyOffer, StepForm
from modules.passkeys.store import Passkeys

START = "/mail/"
COOKIE = "passkeys_browser"
_LOGIN, _STEP = "login", "step"


@module.service
def security_key_step(passkeys: Passkeys) -> LoginStep:
    """A passkey is asked of everybody who chose one as a second factor."""
    return LoginStep(SECOND_FACTOR, step_page, passkeys.is_asked)


@module.service
def warn_of_copies(passkeys: Passkeys, session: Session) -> AtLogin:
    """Whoever has a passkey of which a copy seems to be in use is told at each login until it is removed."""

    def warn(user: User) -> None:
        for passkey in passkeys.of(user.name):
            if passkey.copied is not None:
                told = Sentence(
                    "A copy of your passkey %(name)s seems to be in use. Remove it under Security.", name=passkey.name
                )
                session.say(told, "problem")

    return AtLogin(warn)


@module.handler(login_page)
def offer_passkeys(page: LoginForm, party: RelyingParty) -> PasskeyOffer:
    """The way in by passkey, which scripts show where there is one."""
    return PasskeyOffer(party.id)


@module.handler(request_page)
def ask_stranger(session: Session, stranger: Stranger, proofs: Proofs) -> KeyRequest:
    """What a browser asks for on the login page. The answer counts from this browser alone."""
    mark = str(stranger.passkeys_browser) or secrets.token_urlsafe(32)
    session.leave_with_browser(COOKIE, Secret(mark), LASTS)
    return proofs.request(_LOGIN, _browser(mark))


@module.handler(finish_page)
def log_in(
    sent: SentKey,
    stranger: Stranger,
    proofs: Proofs,
    passkeys: Passkeys,
    logins: Logins,
    gates: tuple[LoginGate, ...],
    login: Login,
    client: Client,
) -> Redirect:
    """Let in whose passkey answers and opens their login; that is two factors, so no second one is asked for."""
    attempt = LoginAttempt(passkeys.account(sent.username), client, by_key=True)
    for gate in gates:
        gate.admit(attempt)
    try:
        passkey = proofs.prove(sent.answer, _LOGIN, _browser(str(stranger.passkeys_browser)), verified=True)
        if LoginAttempt(passkey.user, client).account != attempt.account:
            raise NotProven(UNKNOWN)
    except NotProven:
        for gate in gates:
            gate.failed(attempt)
        raise
    identity = logins.open(passkey, sent.material.octets if sent.material is not None else None)
    return login.begin(identity, sent.next or START, attempt, frozenset({SECOND_FACTOR}))


@module.handler(step_page)
def ask_candidate(
    candidate: Candidate, session: Session, passkeys: Passkeys, proofs: Proofs, other: OtherFactor | None
) -> StepForm:
    """The page that asks for one of the candidate's passkeys, and says where else to go."""
    keys = passkeys.of(candidate.name)
    if not keys:
        raise NotAllowed(Sentence("You have no passkey. Log in another way."))
    path = other.path if other is not None and other.has(candidate.name) else ""
    return StepForm(candidate.name, proofs.request(_STEP, _session(session), keys, verify="preferred"), path)


@module.handler(stepped_page)
def check_key(
    proven: ProvenKey,
    candidate: Candidate,
    session: Session,
    proofs: Proofs,
    logins: Logins,
    gates: tuple[LoginGate, ...],
    login: Login,
    client: Client,
) -> Redirect:
    """Let the candidate in whose passkey answers. A passkey that logs in alone learns the password of today by it."""
    attempt = LoginAttempt(candidate.name, client, by_key=True)
    for gate in gates:
        gate.admit(attempt)
    try:
        passkey = proofs.prove(proven.answer, _STEP, _session(session), user=candidate.name, verified=False)
    except NotProven:
        for gate in gates:
            gate.failed(attempt)
        raise
    following = login.passed(candidate, SECOND_FACTOR)
    is_in = isinstance(session.visitor, User) and session.key is not None
    if is_in and passkey.login is not None and proven.material is not None:
        logins.keep(passkey, session, proven.material.octets)
    return following


def _browser(mark: str) -> str:
    return f"browser {mark}"


def _session(session: Session) -> str:
    return f"session {session.id}"
