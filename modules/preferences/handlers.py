"""The handlers of the settings page."""

from dataclasses import replace
from typing import Any

from core import (
    AppConfig,
    Client,
    FormState,
    LookSettings,
    Notice,
    Redirect,
    Sentence,
    SettingsField,
    SettingsSection,
    SubmittedSettings,
    UserSettings,
    section_name,
    visitor_zone,
)
from modules.preferences.module import change_page, module, settings_page
from modules.preferences.results import Saved, SettingsPage


@module.handler(settings_page)
def collect_settings(settings: UserSettings, form: FormState, client: Client, app: AppConfig) -> SettingsPage:
    """All sections, with the zone of the browser; one that was refused shows what was typed and why it was refused."""
    refused = form.value("section") if form.failed else ""
    zone = visitor_zone(LookSettings(), client, app).key.replace("_", " ")
    sections = (
        replace(section, fields=tuple(_typed(field, form) for field in section.fields))
        if section.name == refused
        else section
        for section in (_with_zone(section, zone) for section in settings.sections())
    )
    return SettingsPage(tuple(sections), refused)


# Any: a section of any module, kept as it is.
@module.handler(change_page)
def change_settings(chosen: SubmittedSettings[Any], settings: UserSettings) -> Redirect:
    """Keep one section."""
    settings.put(chosen.value)
    return Redirect(
        f"/settings#{chosen.section}", Saved(Sentence("Saved."), chosen.section), Notice(Sentence("Saved."))
    )


def _with_zone(section: SettingsSection, zone: str) -> SettingsSection:
    """A section whose setting for the time zone, where it has that, says which one the browser is in."""
    if section.name != section_name(LookSettings):
        return section
    fields = (replace(field, now=zone) if field.name == "time_zone" else field for field in section.fields)
    return replace(section, fields=tuple(fields))


def _typed(field: SettingsField, form: FormState) -> SettingsField:
    typed = form.values(field.name)
    return replace(field, value=typed[-1] if typed else field.value, error=form.error(field.name))
