"""What the security pages show."""

from core import FormState, Fragment, Sentence
from modules.security.module import code_page, module, section_slot, security_page, unlock_page
from modules.security.results import NewCode, OpenSessions, SecurityPage, UnlockForm


@module.output(security_page.body)
def show_security(page: SecurityPage) -> Fragment:
    """The page around all sections."""
    return Fragment.titled("security/security.html", Sentence("Security"), page=page)


@module.output(section_slot)
def show_recovery(page: SecurityPage, form: FormState) -> Fragment:
    """The section about what is stored."""
    return Fragment.of("security/recovery.html", page=page, form=form)


@module.output(section_slot)
def show_sessions(open_sessions: OpenSessions) -> Fragment:
    """The section about where the user is logged in."""
    return Fragment.of("security/sessions.html", devices=open_sessions.devices)


@module.output(unlock_page.body)
def show_ways(page: UnlockForm, form: FormState) -> Fragment:
    """The ways back after a password was changed elsewhere."""
    return Fragment.titled("security/unlock.html", Sentence("Unlock what is stored for you"), page=page, form=form)


@module.output(code_page.body)
def show_code(page: NewCode, form: FormState) -> Fragment:
    """The new recovery code, this once."""
    return Fragment.titled("security/code.html", Sentence("Your recovery code"), page=page, form=form)
