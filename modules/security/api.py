"""Security: what other modules may use of it, above all the slots for their own sections and ways to unlock."""

from modules.security.handlers import end_session
from modules.security.inputs import OneSession
from modules.security.module import (
    code_page,
    end_page,
    erase_page,
    left_page,
    section_slot,
    security_page,
    unlock_page,
    ways_slot,
)
from modules.security.results import SecurityPage, UnlockForm

__all__ = [
    "OneSession",
    "SecurityPage",
    "UnlockForm",
    "code_page",
    "end_page",
    "end_session",
    "erase_page",
    "left_page",
    "section_slot",
    "security_page",
    "unlock_page",
    "ways_slot",
]
