"""Local accounts: what other modules may use of them."""

from modules.local.module import password_page

__all__ = ["password_page"]
