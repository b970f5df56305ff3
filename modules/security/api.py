"""Security: what other modules may use of it, above all the slot for their own sections."""

from modules.security.module import section_slot, security_page
from modules.security.results import SecurityPage

__all__ = ["SecurityPage", "section_slot", "security_page"]
