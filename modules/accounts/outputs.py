"""What the pages of accounts look like."""

from core import FormState, Fragment, Sentence, layout_sidebar
from modules.accounts.module import accounts_page, add_page, edit_page, module
from modules.accounts.results import AccountFormPage, AccountsPage, AccountSwitcher


@module.output(accounts_page.body)
def show_accounts(page: AccountsPage) -> Fragment:
    """The list of accounts."""
    return Fragment.titled("accounts/accounts.html", Sentence("Accounts"), page=page)


@module.output(add_page.body)
def show_new(page: AccountFormPage, form: FormState) -> Fragment:
    """The form of a new account."""
    return Fragment.titled("accounts/form.html", Sentence("Connect a mailbox"), page=page, form=form)


@module.output(edit_page.body)
def show_form(page: AccountFormPage, form: FormState) -> Fragment:
    """The form of a saved account."""
    return Fragment.titled("accounts/form.html", Sentence("Account"), page=page, form=form)


@module.output(layout_sidebar)
def show_switcher(switcher: AccountSwitcher) -> Fragment:
    """The other mailboxes, above the folders."""
    return Fragment.of("accounts/switcher.html", choices=switcher.choices)
