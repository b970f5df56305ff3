"""What users left behind by beginning afresh, and users who leave for good."""

from core import (
    AtLogout,
    Conflict,
    Farewell,
    InputError,
    LeftBehind,
    LoginNeeded,
    Notice,
    PasswordCheck,
    Redirect,
    Returned,
    Sentence,
    Session,
    User,
)
from modules.security.inputs import LastWord, WayBack
from modules.security.module import (
    bring_back_page,
    erase_page,
    farewell_page,
    gone_page,
    left_page,
    module,
    security_page,
)
from modules.security.results import EraseForm, Gone, LeftForm, WhatWasLeft
from modules.security.ways import open_with

HERE = "/security"


@module.handler(security_page)
def look_at_what_was_left(user: User, left: LeftBehind) -> WhatWasLeft:
    """Whether something can be had back."""
    return WhatWasLeft(left.until(user.name))


@module.handler(left_page)
def offer_what_was_left(user: User, left: LeftBehind) -> LeftForm | Redirect:
    """The form for who left something behind."""
    until = left.until(user.name)
    return Redirect(HERE) if until is None else LeftForm(until)


@module.handler(bring_back_page)
def bring_back(way: WayBack, user: User, session: Session, left: LeftBehind) -> Redirect:
    """Put what was left behind beside what is stored now."""
    if session.key is None:
        raise LoginNeeded(Sentence("Unlock what is stored for you first."))
    if left.until(user.name) is None:
        raise Conflict(Sentence("Nothing is left behind any more."))
    name = user.name
    found = open_with(
        way.old_password, way.code, lambda typed: left.open(name, typed), lambda code: left.recover(name, code)
    )
    returned = left.bring_back(name, found, session.key, replace=way.replace)
    return Redirect("/security/left-behind" if returned.waiting else HERE, notice=Notice(_told(returned)))


@module.handler(erase_page)
def ask_whether_to_erase(user: User, farewell: Farewell) -> EraseForm:
    """The form for who wants to be forgotten."""
    return EraseForm(user.name, farewell.has_account(user.name))


@module.handler(farewell_page)
def erase_user(
    word: LastWord,
    user: User,
    session: Session,
    check: PasswordCheck,
    farewell: Farewell,
    closing: tuple[AtLogout, ...],
) -> Redirect:
    """Erase everything that is stored about a user, and log them out."""
    if word.name.strip().casefold() != user.name.casefold():
        raise InputError("name", Sentence("is not your name here, which is %(name)s", name=user.name))
    check.confirm(user, word.password)
    for connection in closing:
        connection.close()
    farewell.take(user.name)
    session.end()
    return Redirect("/erased")


@module.handler(gone_page)
def say_farewell() -> Gone:
    """The last page."""
    return Gone()


def _told(returned: Returned) -> Sentence:
    if returned.waiting:
        return Sentence.counted(
            "What you left behind is back, except for %(num)s section of settings that you have chosen anew.",
            "What you left behind is back, except for %(num)s sections of settings that you have chosen anew.",
            returned.waiting,
        )
    return Sentence("What you left behind is back.")
