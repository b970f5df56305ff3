"""Preferences: one page for every setting that the enabled modules have."""

from core import MenuEntry, Module

module = Module("preferences")

settings_page = module.page("settings", "/settings")
change_page = module.page("change", "/settings/<section>", method="POST", retry=settings_page)

_ENTRY = MenuEntry("Settings", "/settings", "settings", 900)


@module.service
def menu_entry() -> MenuEntry:
    """The way to the settings."""
    return _ENTRY
