"""The handler of the test: make one for the login page, for whoever has to pass it."""

from core import Client, FormState, LoginAttempt
from modules.captcha.config import CaptchaConfig
from modules.captcha.module import module
from modules.captcha.providers import ACTION, facts_of
from modules.captcha.puzzles import Puzzles
from modules.captcha.results import Challenge, Widget
from modules.captcha.services import Duty
from modules.login.api import LoginForm, login_page


@module.handler(login_page)
def challenge(
    page: LoginForm, config: CaptchaConfig, duty: Duty, puzzles: Puzzles, client: Client, form: FormState
) -> Challenge | None:
    """The test, if one is asked for from here, or with the name that was just typed."""
    return make_challenge(LoginAttempt(form.value("username"), client), config, duty, puzzles)


def make_challenge(attempt: LoginAttempt, config: CaptchaConfig, duty: Duty, puzzles: Puzzles) -> Challenge | None:
    """A test for an attempt, if one is asked for."""
    if not duty.applies(attempt):
        return None
    site_key = str(config.site_key or "")
    facts = facts_of(config.provider, site_key)
    if facts is None:
        return Challenge(puzzle=puzzles.make())
    return Challenge(widget=Widget(facts.company, facts.script, facts.widget, site_key, ACTION))
