"""What captcha means for a login at found servers: the test comes before a password goes there."""

from core import Client, FormState, Fragment, LoginAttempt, Origins
from modules.captcha.api import CaptchaConfig, Challenge, Duty, Puzzles, make_challenge, policy_of
from modules.discovery.module import confirm_slot, module, servers_page
from modules.discovery.results import ServersPage


@module.handler(servers_page)
def challenge(
    page: ServersPage, config: CaptchaConfig, duty: Duty, puzzles: Puzzles, client: Client
) -> Challenge | None:
    """The test, if one is asked for with the name that is tried there."""
    return make_challenge(LoginAttempt(page.name, client), config, duty, puzzles)


@module.output(confirm_slot)
def show_challenge(challenge: Challenge, form: FormState) -> Fragment:
    """The test, between the password and the button."""
    return Fragment.of("captcha/challenge.html", puzzle=challenge.puzzle, widget=challenge.widget, form=form)


@module.shared
def open_policy(config: CaptchaConfig) -> Origins:
    """What the page of found servers loads from the provider of the test."""
    return policy_of(servers_page, config)
