"""What the settings page shows."""

from core import Fragment, Sentence
from modules.preferences.module import module, settings_page
from modules.preferences.results import SettingsPage


@module.output(settings_page.body)
def show_settings(page: SettingsPage) -> Fragment:
    """Every section with its form."""
    return Fragment.titled("preferences/settings.html", Sentence("Settings"), page=page)


@module.output(settings_page.data)
def tell_settings(page: SettingsPage) -> SettingsPage:
    """The same for scripts."""
    return page
