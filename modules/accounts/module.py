"""Accounts: further mailboxes of a user, each with its servers and its password, kept under the user's data key."""

from core import MenuEntry, Module, Rate
from modules.accounts.config import AccountsConfig
from modules.accounts.results import AccountsPage
from modules.imap.api import MailSetup

module = Module("accounts", requires=("mail", "imap", "smtp"))
module.config(AccountsConfig)

accounts_page = module.page("accounts", "/accounts")
connect_slot = module.slot("connect", offers=AccountsPage)
add_page = module.page("add", "/accounts/new")
save_new_page = module.page("save-new", "/accounts/new", method="POST", retry=add_page, rate=Rate.LOGIN)
edit_page = module.page("edit", "/accounts/<name>")
save_page = module.page("save", "/accounts/<name>", method="POST", retry=edit_page, rate=Rate.LOGIN)
remove_page = module.page("remove", "/accounts/<name>/remove", method="POST", retry=edit_page)

_ENTRY = MenuEntry("Accounts", "/accounts", "user", 890)


@module.service
def menu_entry() -> MenuEntry:
    """The way to the accounts."""
    return _ENTRY


@module.service
def setup_page() -> MailSetup:
    """Where a user without a mailbox names one."""
    return MailSetup("/accounts/new")
