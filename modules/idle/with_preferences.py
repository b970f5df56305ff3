"""What idle adds to preferences: a new choice holds at once, for the session in which it was made."""

from typing import Any

from core import Session, SubmittedSettings
from modules.idle.module import IdleSettings, module
from modules.preferences.api import change_page, change_settings


# Any: a section of any module, of which this one's is looked at.
@module.handler(change_page, before=(change_settings,))
def set_clock_anew(chosen: SubmittedSettings[Any], session: Session) -> None:
    """Set the clock of this session as it was just chosen."""
    if isinstance(chosen.value, IdleSettings):
        session.idle = chosen.value.after.span
