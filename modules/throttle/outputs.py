"""What throttle shows: the way out of a lock, and where to find it."""

from core import FormState, Fragment, Sentence
from modules.login.api import form_slot
from modules.throttle.module import freed_page, module, unlock_page
from modules.throttle.results import Unlocked, UnlockForm


@module.output(form_slot)
def show_way_out(form: FormState) -> Fragment | None:
    """The way to unlock a name, once a login was refused; it tells nothing of whether this name is locked."""
    return Fragment.of("throttle/way-out.html") if form.message else None


@module.output(unlock_page.body)
def show_form(page: UnlockForm, form: FormState) -> Fragment:
    """The form by which owners unlock their own name."""
    return Fragment.titled("throttle/unlock.html", Sentence("Unlock your name"), form=form)


@module.output(freed_page.body)
def show_unlocked(page: Unlocked) -> Fragment:
    """The name can be used again."""
    return Fragment.titled("throttle/unlocked.html", Sentence("Your name is unlocked"))
