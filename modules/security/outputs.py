"""What the security pages show."""

from core import FormState, Fragment, Sentence
from modules.security.module import (
    code_page,
    erase_page,
    gone_page,
    left_page,
    module,
    section_slot,
    security_page,
    unlock_page,
)
from modules.security.results import (
    EraseForm,
    Gone,
    LeftForm,
    NewCode,
    OpenSessions,
    SecurityPage,
    UnlockForm,
    WhatWasLeft,
)


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


@module.output(section_slot)
def show_what_was_left(left: WhatWasLeft) -> Fragment | None:
    """The section about what was left behind, while there is something."""
    return Fragment.of("security/left.html", until=left.until) if left.until is not None else None


@module.output(left_page.body)
def show_way_back(page: LeftForm, form: FormState) -> Fragment:
    """The form that brings back what was left behind."""
    return Fragment.titled(
        "security/left-behind.html", Sentence("Bring back what was left behind"), page=page, form=form
    )


@module.output(erase_page.body)
def show_last_form(page: EraseForm, form: FormState) -> Fragment:
    """The form for who wants to be forgotten."""
    title = Sentence("Delete your account") if page.has_account else Sentence("Erase what is stored about you")
    return Fragment.titled("security/erase.html", title, page=page, form=form)


@module.output(gone_page.body)
def show_farewell(gone: Gone) -> Fragment:
    """The last page."""
    return Fragment.titled("security/erased.html", Sentence("Everything is erased"))


@module.output(unlock_page.body)
def show_ways(page: UnlockForm, form: FormState) -> Fragment:
    """The ways back after a password was changed elsewhere."""
    return Fragment.titled("security/unlock.html", Sentence("Unlock what is stored for you"), page=page, form=form)


@module.output(code_page.body)
def show_code(page: NewCode, form: FormState) -> Fragment:
    """The new recovery code, this once."""
    return Fragment.titled("security/code.html", Sentence("Your recovery code"), page=page, form=form)
