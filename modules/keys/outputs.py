"""What the pages about keys show."""

from core import FormState, Fragment, Sentence
from modules.keys.module import module, renewal_page
from modules.keys.results import RenewalForm, WaysToKeys
from modules.security.api import section_slot


@module.output(section_slot)
def show_section(ways: WaysToKeys) -> Fragment:
    """The section about the user's key."""
    return Fragment.of("keys/section.html", ways=ways)


@module.output(renewal_page.body)
def show_form(page: RenewalForm, form: FormState) -> Fragment:
    """The form that renews a key."""
    return Fragment.titled("keys/renewal.html", Sentence("Renew your key"), page=page, form=form)
