"""What the compose page shows, for people and for scripts."""

from core import FormState, Fragment
from modules.compose.module import compose_page, module
from modules.compose.results import ComposeForm


@module.output(compose_page.body)
def show_form(compose: ComposeForm, form: FormState) -> Fragment:
    """The form, with what is wrong beside its fields."""
    return Fragment.titled("compose/compose.html", compose.title, compose=compose, form=form)


@module.output(compose_page.data)
def tell_form(compose: ComposeForm) -> ComposeForm:
    """The same for scripts."""
    return compose
