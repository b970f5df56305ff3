"""What the settings page shows."""

from dataclasses import dataclass

from core import SettingsSection


@dataclass(frozen=True)
class SettingsPage:
    """Every section, and the one that was just refused."""

    sections: tuple[SettingsSection, ...]
    refused: str = ""


@dataclass(frozen=True)
class Saved:
    """What scripts learn after a change."""

    text: str
    section: str
