"""The folders beside the security pages."""

from modules.mail.lists import list_mailboxes
from modules.mail.module import module
from modules.security.api import code_page, erase_page, left_page, security_page, unlock_page

module.handler(security_page, unlock_page, code_page, left_page, erase_page)(list_mailboxes)
