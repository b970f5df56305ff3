"""Preferences: what other modules may use of it."""

from modules.preferences.module import settings_page

__all__ = ["settings_page"]
