"""Security: what other modules may use of it, above all the slot for their own sections."""

from modules.security.module import code_page, section_slot, security_page, unlock_page
from modules.security.results import SecurityPage

__all__ = ["SecurityPage", "code_page", "section_slot", "security_page", "unlock_page"]
