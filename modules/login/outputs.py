"""What login shows."""

from core import FormState, Fragment, Sentence
from modules.login.module import login_page, module
from modules.login.results import LoginForm


@module.output(login_page.body)
def show_form(page: LoginForm, form: FormState) -> Fragment:
    """The login form."""
    return Fragment.titled(
        "login/login.html", Sentence("Log in"), form=form, next=page.next, later=page.later, why=page.why
    )
