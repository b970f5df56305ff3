"""The folders beside the page that changes a password."""

from modules.local.api import password_page
from modules.mail.lists import list_mailboxes
from modules.mail.module import module

module.handler(password_page)(list_mailboxes)
