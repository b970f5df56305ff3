"""Preferences: what other modules may use of it."""

from modules.preferences.handlers import change_settings
from modules.preferences.module import change_page, settings_page

__all__ = ["change_page", "change_settings", "settings_page"]
