"""What mail adds to accounts: the mailboxes beside their pages."""

from modules.accounts.api import accounts_page, add_page, edit_page
from modules.mail.lists import list_mailboxes
from modules.mail.module import module

module.handler(accounts_page, add_page, edit_page)(list_mailboxes)
