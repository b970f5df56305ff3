"""What mail adds to preferences: the mailboxes beside the settings."""

from modules.mail.lists import list_mailboxes
from modules.mail.module import module
from modules.preferences.api import settings_page

module.handler(settings_page)(list_mailboxes)
