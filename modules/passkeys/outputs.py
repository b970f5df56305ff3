"""What the pages of passkeys show, and what their scripts are told."""

from core import FormState, Fragment, Sentence
from modules.login.api import form_slot
from modules.passkeys.module import list_page, module, one_page, request_page, step_page, unlock_request_page
from modules.passkeys.results import KeyList, KeyPage, KeyRequest, KeyUnlock, PasskeyOffer, StepForm
from modules.security.api import section_slot, ways_slot


@module.output(form_slot)
def show_offer(offer: PasskeyOffer) -> Fragment:
    """The way in by passkey on the login form."""
    return Fragment.of("passkeys/login.html", offer=offer)


@module.output(request_page.data, unlock_request_page.data)
def tell_request(request: KeyRequest) -> KeyRequest:
    """What a page's script asks the browser for."""
    return request


@module.output(step_page.body)
def show_step(page: StepForm, form: FormState) -> Fragment:
    """The page that asks for a passkey after the password."""
    return Fragment.titled("passkeys/step.html", Sentence("One more step"), page=page, form=form)


@module.output(step_page.data)
def tell_step(page: StepForm) -> KeyRequest:
    """What that page's script asks the browser for."""
    return page.request


@module.output(section_slot)
def show_section(page: KeyList) -> Fragment:
    """The section about passkeys."""
    return Fragment.of("passkeys/section.html", page=page)


@module.output(list_page.body)
def show_list(page: KeyList, form: FormState) -> Fragment:
    """The list of passkeys, and the form for another one."""
    return Fragment.titled("passkeys/list.html", Sentence("Passkeys"), page=page, form=form)


@module.output(one_page.body)
def show_key(page: KeyPage, form: FormState) -> Fragment:
    """One passkey."""
    return Fragment.titled("passkeys/one.html", page.key.name, page=page, key=page.key, form=form)


@module.output(one_page.data)
def tell_sealing(page: KeyPage) -> KeyRequest:
    """What the browser is asked for, so that the passkey logs in."""
    return page.request


@module.output(ways_slot)
def show_unlock(offer: KeyUnlock) -> Fragment:
    """The passkey among the ways to what is stored."""
    return Fragment.of("passkeys/unlock.html", offer=offer)
