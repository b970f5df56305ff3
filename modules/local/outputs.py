"""What the pages of local accounts show."""

from core import FormState, Fragment, Sentence
from modules.local.module import module, password_page
from modules.local.results import OwnPassword, PasswordForm
from modules.security.api import section_slot


@module.output(section_slot)
def show_section(own: OwnPassword) -> Fragment | None:
    """The section about the password, for those whose password is kept here."""
    return Fragment.of("local/section.html", own=own) if own.changed is not None else None


@module.output(password_page.body)
def show_form(page: PasswordForm, form: FormState) -> Fragment:
    """The form of a new password."""
    return Fragment.titled("local/password.html", Sentence("Change your password"), page=page, form=form)
