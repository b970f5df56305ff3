"""The folders beside the pages of passkeys."""

from modules.mail.lists import list_mailboxes
from modules.mail.module import module
from modules.passkeys.api import list_page, one_page

module.handler(list_page, one_page)(list_mailboxes)
