"""The gate before the login, and what the login page may load for it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from core import InputError, LoginAttempt, LoginGate, Origins, Page, Sentence, Session, UpstreamError
from modules.captcha.config import CaptchaConfig, OnTrouble, Provider, When
from modules.captcha.errors import NotPassed, Trouble
from modules.captcha.inputs import Answer
from modules.captcha.module import module
from modules.captcha.providers import facts_of
from modules.captcha.puzzles import Puzzles
from modules.captcha.verifier import Verifier
from modules.login.api import login_page

log = logging.getLogger("hm3.captcha")
FIELD = "captcha"


@dataclass(frozen=True)
class FailureHistory:
    """Somebody who counts failed attempts. One module may offer it; without it the test is always asked for."""

    failures: Callable[[LoginAttempt], int]


class Duty:
    """Who has to pass the test."""

    def __init__(self, config: CaptchaConfig, history: FailureHistory | None) -> None:
        self._config = config
        self._history = history

    def applies(self, attempt: LoginAttempt) -> bool:
        """Whether the test is asked for. A name that was not typed yet is empty."""
        if self._config.when is When.ALWAYS or self._history is None:
            return True
        return self._history.failures(attempt) >= self._config.failures


class Captcha:
    """Lets nobody log in who has to pass the test and does not."""

    def __init__(
        self, config: CaptchaConfig, duty: Duty, session: Session, answer: Answer, puzzles: Puzzles, verifier: Verifier
    ) -> None:
        self._config = config
        self._duty = duty
        self._session = session
        self._answer = answer
        self._check = puzzles.check if config.provider is Provider.PROOF else verifier.check

    def admit(self, attempt: LoginAttempt) -> None:
        """Raise InputError where the test was not passed, and UpstreamError where nobody can say whether it was."""
        if attempt.by_key or self._knows(attempt) or not self._duty.applies(attempt):
            return
        try:
            self._check(self._answer)
        except NotPassed as error:
            raise InputError(FIELD, str(error)) from error
        except Trouble as error:
            refused = self._config.on_trouble is OnTrouble.REFUSE
            log.warning("%s Logins are %s meanwhile.", error, "refused" if refused else "let through")
            if refused:
                raise UpstreamError(
                    Sentence("The test for people cannot be checked right now. Please try again later.")
                ) from error

    def failed(self, attempt: LoginAttempt) -> None:
        """Nothing: the answer was spent with the attempt."""

    def _knows(self, attempt: LoginAttempt) -> bool:
        """Whether the visitor already showed the password of this very name: a further step is not another login."""
        visitor = self._session.visitor
        return visitor is not None and LoginAttempt(visitor.name, attempt.client).account == attempt.account


@module.service
def settle_duty(config: CaptchaConfig, history: FailureHistory | None) -> Duty:
    """Who has to pass the test on this site."""
    return Duty(config, history)


@module.service
def stand_at_gate(
    config: CaptchaConfig, duty: Duty, session: Session, answer: Answer, puzzles: Puzzles, verifier: Verifier
) -> LoginGate:
    """Nobody's password is looked at before the test was passed."""
    return Captcha(config, duty, session, answer, puzzles, verifier)


@module.shared
def open_policy(config: CaptchaConfig) -> Origins:
    """What the login page loads from the provider; nothing with a test of our own."""
    return policy_of(login_page, config)


def policy_of(page: Page, config: CaptchaConfig) -> Origins:
    """What a page with the test loads from the provider."""
    facts = facts_of(config.provider)
    if facts is None:
        return Origins(page)
    return Origins(page, facts.scripts, facts.frames, facts.styles, facts.connections)
