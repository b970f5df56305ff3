"""Remember: what other modules may use of it, to offer the box on pages of their own where people log in."""

from modules.remember.inputs import Wish
from modules.remember.module import RememberConfig
from modules.remember.results import RememberBox
from modules.remember.services import Remembering

__all__ = ["RememberBox", "RememberConfig", "Remembering", "Wish"]
