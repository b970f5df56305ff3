"""Keys: what other modules may use of it."""

from modules.keys.module import renewal_page

__all__ = ["renewal_page"]
