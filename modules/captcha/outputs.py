"""What the login page shows of the test."""

from core import FormState, Fragment
from modules.captcha.module import module
from modules.captcha.results import Challenge
from modules.login.api import form_slot


@module.output(form_slot)
def show_challenge(challenge: Challenge, form: FormState) -> Fragment:
    """The test, between the password and the button."""
    return Fragment.of("captcha/challenge.html", puzzle=challenge.puzzle, widget=challenge.widget, form=form)
