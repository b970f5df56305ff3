"""The handlers of local accounts: who has one changes their password here."""

from core import (
    FieldError,
    InputError,
    Keyring,
    NotFound,
    Notice,
    PasswordCheck,
    PasswordHasher,
    Redirect,
    Revocation,
    Secret,
    Sentence,
    Session,
    User,
    refuse_weak,
)
from modules.local.inputs import NewPassword
from modules.local.module import change_page, module, password_page
from modules.local.names import AccountName
from modules.local.results import OwnPassword, PasswordForm
from modules.local.store import LocalAccount, LocalAccounts
from modules.security.api import security_page

SHORTEST = 12


@module.handler(security_page)
def look_at_password(user: User, accounts: LocalAccounts) -> OwnPassword:
    """Whether the user's password is kept here, and since when."""
    account = accounts.find(user.name)
    return OwnPassword(account.changed if account is not None else None)


@module.handler(password_page)
def offer_change(user: User, accounts: LocalAccounts) -> PasswordForm:
    """The form of a new password."""
    return PasswordForm(_own(user, accounts).name, SHORTEST)


@module.handler(change_page)
def change_password(
    typed: NewPassword,
    user: User,
    session: Session,
    accounts: LocalAccounts,
    hasher: PasswordHasher,
    keyring: Keyring,
    check: PasswordCheck,
    revocation: Revocation,
) -> Redirect:
    """The new password counts from now on; what the old one opened, it opens."""
    account = _own(user, accounts)
    _refuse_mistakes(typed, account)
    _confirm(check, user, typed.current)
    change = accounts.with_password(hasher.hash(typed.new))
    if session.key is None:
        # What is stored is locked. The ways back take the password of this login, which is now the new one.
        accounts.change(AccountName(account.name), change)
        session.keep_new_password(typed.new)
    else:
        keyring.set_password(
            user.name,
            session.key,
            typed.new,
            forget_others=True,
            beside=lambda connection: accounts.change_within(connection, account.name, change),
        )
    if typed.others:
        revocation.log_out_everywhere(user.name, but=session.id)
    else:
        revocation.forget_browsers(user.name)
    session.renew()
    told = Sentence("Your new password counts from now on.")
    return Redirect("/security", notice=Notice(told))


def _own(user: User, accounts: LocalAccounts) -> LocalAccount:
    account = accounts.find(user.name)
    if account is None:
        raise NotFound(Sentence("Your password is not kept here. Change it where your mailbox is."))
    return account


def _refuse_mistakes(typed: NewPassword, account: LocalAccount) -> None:
    """Raise InputError with everything that is wrong, before anything is counted as a guess."""
    wrong: list[FieldError] = []
    if not typed.current:
        wrong.append(FieldError("current", Sentence("is missing")))
    try:
        refuse_weak(typed.new, account.name, account.address, account.display_name)
    except ValueError as error:
        wrong.append(FieldError("new", str(error)))
    if typed.new == typed.current and not wrong:
        wrong.append(FieldError("new", Sentence("is the one you have already")))
    if typed.again != typed.new:
        wrong.append(FieldError("again", Sentence("is not the same as the first time")))
    if wrong:
        raise InputError(wrong[0].field, wrong[0].reason, *wrong[1:])


def _confirm(check: PasswordCheck, user: User, password: Secret) -> None:
    try:
        check.confirm(user, password)
    except InputError as error:
        raise InputError("current", error.reason) from error
