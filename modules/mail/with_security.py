"""The folders beside the security pages."""

from modules.mail.lists import list_mailboxes
from modules.mail.module import module
from modules.security.api import code_page, security_page, unlock_page

module.handler(security_page, unlock_page, code_page)(list_mailboxes)
