"""Accounts: what other modules may use of it, such as to connect an account without a password."""

from modules.accounts.finding import FoundMailbox, MailboxFinder
from modules.accounts.model import Encryption, SavedAccount, SavedServer
from modules.accounts.module import accounts_page, add_page, connect_slot, edit_page
from modules.accounts.results import AccountsPage
from modules.accounts.store import Accounts, new_name
from modules.accounts.tokens import AccountTokens

__all__ = [
    "AccountTokens",
    "Accounts",
    "AccountsPage",
    "Encryption",
    "FoundMailbox",
    "MailboxFinder",
    "SavedAccount",
    "SavedServer",
    "accounts_page",
    "add_page",
    "connect_slot",
    "edit_page",
    "new_name",
]
