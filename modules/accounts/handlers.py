"""The handlers of accounts: list, add, change and remove them, and the switcher beside the mail."""

from core import (
    InputError,
    NotFound,
    Notice,
    Redirect,
    Secret,
    Sentence,
    Session,
    User,
)
from modules.accounts.access import CURRENT, SavedAccess
from modules.accounts.finding import MailboxFinder
from modules.accounts.inputs import AccountForm, OneAccount, Wanted
from modules.accounts.model import SavedAccount
from modules.accounts.module import (
    accounts_page,
    add_page,
    edit_page,
    module,
    remove_page,
    save_new_page,
    save_page,
)
from modules.accounts.results import AccountFormPage, AccountsPage, AccountSwitcher, Choice
from modules.accounts.store import Accounts, new_name
from modules.accounts.tokens import AccountTokens
from modules.imap.api import MAIN, PASSWORD, MailAccess
from modules.mail.api import AccountName, MailAccount, list_page, message_page

HERE = "/accounts"


@module.handler(accounts_page)
def list_accounts(user: User, session: Session, accounts: Accounts, access: tuple[MailAccess, ...]) -> AccountsPage:
    """The user's mailboxes; that of the login opens by its password, or by what another module knows."""
    by_password = session.has_secret(PASSWORD)
    known = (one.address for others in access for one in others.all() if one.name == MAIN)
    login = (session.address or user.name) if by_password else next(known, "")
    return AccountsPage(login, accounts.all(), accounts.locked, accounts.full, by_password)


@module.handler(add_page)
def offer_form(wanted: Wanted, session: Session, accounts: Accounts, finder: MailboxFinder | None) -> AccountFormPage:
    """The form of a new account, filled in with the servers of an address where they can be found."""
    first = not session.has_secret(PASSWORD) and not accounts.all()
    found = finder.find(wanted.find) if finder is not None and wanted.find else None
    return AccountFormPage(
        None, accounts.locked, first, finder is not None, str(wanted.find or "") if finder is not None else "", found
    )


@module.handler(save_new_page)
def save_new(typed: AccountForm, accounts: Accounts, access: SavedAccess) -> Redirect:
    """Log in to the servers that were named, then save the account."""
    account = typed.account(new_name())
    if not typed.password:
        raise InputError("password", Sentence("is missing"))
    if any(account.opens_like(other) for other in accounts.all()):
        raise InputError("address", Sentence("is one of your accounts already"))
    access.check(account, typed.password)
    accounts.add(account, typed.password)
    return Redirect(
        f"/mail/{account.name}/INBOX/", notice=Notice(Sentence("%(title)s is connected.", title=account.title))
    )


@module.handler(edit_page)
def show_account(one: OneAccount, accounts: Accounts) -> AccountFormPage:
    """The form of a saved account."""
    return AccountFormPage(_find(one, accounts))


@module.handler(save_page)
def save(one: OneAccount, typed: AccountForm, accounts: Accounts, access: SavedAccess) -> Redirect:
    """Change an account. A kept password goes to no server that it was not saved for."""
    before = _find(one, accounts)
    account = typed.account(before.name, before.provider)
    secret = _secret(typed, before, account, accounts)
    if not before.provider:
        assert secret is not None, "an account without a provider has a password by now"
        access.check(account, secret)
    accounts.change(account, secret)
    return Redirect(HERE, notice=Notice(Sentence("%(title)s is saved.", title=account.title)))


@module.handler(remove_page)
def remove(one: OneAccount, accounts: Accounts, session: Session, tokens: tuple[AccountTokens, ...]) -> Redirect:
    """Forget an account, its password and its tokens. The mailbox itself stays as it is."""
    account = _find(one, accounts)
    for kept in tokens:
        if kept.knows(account):
            kept.forget(account)
    accounts.remove(account.name)
    if session.has_secret(CURRENT) and str(session.secret(CURRENT)) == account.name:
        session.forget(CURRENT)
    return Redirect(HERE, notice=Notice(Sentence("%(title)s is disconnected.", title=account.title)))


@module.handler(list_page, message_page)
def offer_others(
    user: User, session: Session, accounts: Accounts, access: tuple[MailAccess, ...], account: MailAccount
) -> AccountSwitcher:
    """The mailboxes to choose from; the one that is looked at counts where a page names none."""
    _remember(session, account.name)
    known = [found for one in access for found in one.all()]
    if session.has_secret(PASSWORD):
        known.insert(0, MailAccount(MAIN, session.address or user.name))
    titles = {saved.name: saved.title for saved in accounts.all()}
    choices = tuple(
        Choice(one.name, titles.get(one.name) or one.address or one.name, one.name == account.name) for one in known
    )
    return AccountSwitcher(choices if len(choices) > 1 else ())


def _remember(session: Session, name: AccountName) -> None:
    kept = str(session.secret(CURRENT)) if session.has_secret(CURRENT) else ""
    if name == MAIN and kept:
        session.forget(CURRENT)
    elif name not in (MAIN, kept):
        session.keep(CURRENT, Secret(name))


def _find(one: OneAccount, accounts: Accounts) -> SavedAccount:
    account = accounts.get(one.name)
    if account is None:
        raise NotFound(Sentence("You have no such account."))
    return account


def _secret(typed: AccountForm, before: SavedAccount, account: SavedAccount, accounts: Accounts) -> Secret | None:
    """The password to save: the one that was typed, else the kept one where it may go there."""
    if before.provider:
        if not account.opens_like(before):
            raise InputError("imap_host", Sentence("belongs to the provider and cannot be changed"))
        return None
    if typed.password:
        return typed.password
    kept = accounts.secret(before.name) if account.opens_like(before) else None
    if kept is None:
        raise InputError("password", Sentence("has to be typed again, because it may go to another server now"))
    return kept
