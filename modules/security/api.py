"""Security: what other modules may use of it, above all the slots for their own sections and ways to unlock."""

from modules.security.module import code_page, section_slot, security_page, unlock_page, ways_slot
from modules.security.results import SecurityPage, UnlockForm

__all__ = ["SecurityPage", "UnlockForm", "code_page", "section_slot", "security_page", "unlock_page", "ways_slot"]
