"""The handlers of second factors: asked for after the password, set up and removed on the security pages."""

import pyotp

from core import (
    SECOND_FACTOR,
    Candidate,
    Client,
    Conflict,
    InputError,
    Login,
    LoginAttempt,
    LoginGate,
    LoginStep,
    Notice,
    PasswordCheck,
    Redirect,
    Roles,
    Secret,
    Sentence,
    Session,
    User,
)
from modules.security.api import security_page
from modules.twofactor.inputs import NewFactor, Proof, SecondFactor, TrustWish
from modules.twofactor.module import (
    TwofactorConfig,
    check_page,
    code_page,
    codes_page,
    confirm_page,
    enrol_page,
    enrolled_page,
    module,
    off_page,
    renew_page,
    seen_page,
    setup_page,
)
from modules.twofactor.results import CodeForm, Enrolment, NewCodes, TwofactorSetup, TwofactorState
from modules.twofactor.store import SecondFactors
from modules.twofactor.trust import Trust

SECURITY = "/security"
_SECRET, _CODES = "twofactor.secret", "twofactor.codes"
_WRONG = Sentence("is wrong, was used already or is too old")


@module.service
def second_step(factors: SecondFactors, config: TwofactorConfig, roles: Roles, session: Session) -> LoginStep:
    """A code is asked of everybody who has a second factor or must have one."""

    def applies(name: str) -> bool:
        return factors.made(name) is not None or config.requires(roles.of(name) | session.roles)

    return LoginStep(SECOND_FACTOR, code_page, applies, factors.check)


@module.handler(code_page)
def ask_for_code(
    candidate: Candidate, factors: SecondFactors, config: TwofactorConfig, steps: tuple[LoginStep, ...]
) -> CodeForm | Redirect:
    """The form for the code; who has another second factor uses that, who must have one and has none sets it up now."""
    if factors.made(candidate.name) is not None:
        return CodeForm(candidate.name, config.trust)
    other = _other_factor(candidate.name, steps)
    return Redirect(other.page.rule if other is not None else "/login/second-factor")


@module.handler(check_page)
def check_code(
    typed: SecondFactor,
    wish: TrustWish,
    candidate: Candidate,
    factors: SecondFactors,
    trust: Trust,
    gates: tuple[LoginGate, ...],
    login: Login,
    client: Client,
) -> Redirect:
    """Let the candidate in whose code is right; wrong ones count as wrong passwords do."""
    attempt = LoginAttempt(candidate.name, client)
    for gate in gates:
        gate.admit(attempt)
    if not factors.check(candidate.name, typed.code):
        for gate in gates:
            gate.failed(attempt)
        raise InputError("code", _WRONG)
    if wish.trust:
        trust.begin(candidate.name)
    return login.passed(candidate, SECOND_FACTOR)


@module.handler(enrol_page)
def offer_enrolment(
    candidate: Candidate,
    session: Session,
    config: TwofactorConfig,
    factors: SecondFactors,
    steps: tuple[LoginStep, ...],
) -> Enrolment | Redirect:
    """A new secret for somebody who must have a second factor before they go in."""
    if factors.made(candidate.name) is not None or _other_factor(candidate.name, steps) is not None:
        return Redirect("/login/code")
    return _enrolment(candidate.name, session, config)


@module.handler(enrolled_page)
def enrol_candidate(
    typed: SecondFactor,
    candidate: Candidate,
    session: Session,
    factors: SecondFactors,
    login: Login,
    steps: tuple[LoginStep, ...],
) -> Redirect:
    """Keep the secret that the app has, and go in by way of the recovery codes."""
    if factors.made(candidate.name) is not None or _other_factor(candidate.name, steps) is not None:
        raise Conflict(Sentence("You have a second factor already. Log in with it."))
    _set_up(candidate.name, typed.code, session, factors)
    session.after_login = "/security/two-factor/codes"
    return login.passed(candidate, SECOND_FACTOR)


@module.handler(security_page, setup_page)
def look_at_factor(
    user: User, factors: SecondFactors, config: TwofactorConfig, steps: tuple[LoginStep, ...]
) -> TwofactorState:
    """Whether the user has a second factor."""
    required = config.requires(user.roles) and _other_factor(user.name, steps) is None
    return TwofactorState(factors.made(user.name), factors.codes_left(user.name), required)


@module.handler(setup_page)
def offer_setup(user: User, state: TwofactorState, session: Session, config: TwofactorConfig) -> TwofactorSetup:
    """A new secret for who has none, and what can be done with the one there is."""
    return TwofactorSetup(state, _enrolment(user.name, session, config) if state.made is None else None)


@module.handler(confirm_page)
def set_up_factor(
    typed: NewFactor, user: User, session: Session, factors: SecondFactors, check: PasswordCheck
) -> Redirect:
    """Keep the secret that the app has."""
    if factors.made(user.name) is not None:
        raise Conflict(Sentence("You have a second factor already. Remove it before you set up another."))
    check.confirm(user, typed.password)
    _set_up(user.name, typed.code, session, factors)
    session.renew()
    return Redirect("/security/two-factor/codes")


@module.handler(codes_page)
def show_codes(session: Session) -> NewCodes | Redirect:
    """The new recovery codes, until they were written down."""
    if not session.has_secret(_CODES):
        return Redirect(SECURITY)
    return NewCodes(tuple(str(session.secret(_CODES)).split()))


@module.handler(seen_page)
def put_codes_away(session: Session) -> Redirect:
    """The codes were written down and are not shown again."""
    session.forget(_CODES)
    return Redirect(SECURITY, notice=Notice(Sentence("From now on a code is asked for after your password.")))


@module.handler(renew_page)
def renew_codes(proof: Proof, user: User, session: Session, factors: SecondFactors, check: PasswordCheck) -> Redirect:
    """Ten new recovery codes in place of the old ones."""
    _prove(proof, user, factors, check)
    session.keep(_CODES, Secret(" ".join(factors.new_recovery_codes(user.name))))
    return Redirect("/security/two-factor/codes")


@module.handler(off_page)
def remove_factor(
    proof: Proof,
    user: User,
    factors: SecondFactors,
    check: PasswordCheck,
    config: TwofactorConfig,
    steps: tuple[LoginStep, ...],
) -> Redirect:
    """From now on the password is enough, unless there is another second factor or this site says otherwise."""
    other = _other_factor(user.name, steps)
    if config.requires(user.roles) and other is None:
        raise Conflict(Sentence("This site asks you to have a second factor: it cannot be removed."))
    _prove(proof, user, factors, check)
    factors.remove(user.name)
    if other is not None:
        return Redirect(SECURITY, notice=Notice(Sentence("From now on no code is asked for.")))
    return Redirect(SECURITY, notice=Notice(Sentence("From now on your password is enough.")))


def _other_factor(name: str, steps: tuple[LoginStep, ...]) -> LoginStep | None:
    """Another module's second factor that this user has."""
    others = (step for step in steps if step.name == SECOND_FACTOR and step.page is not code_page)
    return next((step for step in others if step.applies(name)), None)


def _enrolment(name: str, session: Session, config: TwofactorConfig) -> Enrolment:
    if not session.has_secret(_SECRET):
        session.keep(_SECRET, Secret(pyotp.random_base32()))
    letters = str(session.secret(_SECRET))
    return Enrolment(name, pyotp.TOTP(letters).provisioning_uri(name=name, issuer_name=str(config.issuer)), letters)


def _set_up(name: str, code: str, session: Session, factors: SecondFactors) -> None:
    if not session.has_secret(_SECRET):
        raise Conflict(Sentence("This page was open for too long. Begin again: scan the new QR code with your app."))
    if not factors.set_up(name, session.secret(_SECRET), code.replace(" ", "")):
        raise InputError("code", Sentence("is not what an app with this secret shows now"))
    session.forget(_SECRET)
    session.keep(_CODES, Secret(" ".join(factors.new_recovery_codes(name))))


def _prove(proof: Proof, user: User, factors: SecondFactors, check: PasswordCheck) -> None:
    check.confirm(user, proof.password)
    if not factors.check(user.name, proof.code):
        raise InputError("code", _WRONG)
