"""Passkeys: what other modules may use of it."""

from modules.passkeys.module import list_page, one_page

__all__ = ["list_page", "one_page"]
