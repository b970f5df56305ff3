"""The folders beside the page that renews keys."""

from modules.keys.api import renewal_page
from modules.mail.lists import list_mailboxes
from modules.mail.module import module

module.handler(renewal_page)(list_mailboxes)
