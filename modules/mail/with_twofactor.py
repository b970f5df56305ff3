"""The folders beside the pages of the second factor."""

from modules.mail.lists import list_mailboxes
from modules.mail.module import module
from modules.twofactor.api import codes_page, setup_page

module.handler(codes_page, setup_page)(list_mailboxes)
