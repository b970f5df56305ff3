"""Spam: what other modules may use of it, such as to tell whose mail is never moved."""

from modules.spam.people import KnownPeople
from modules.spam.settings import SpamSettings
from modules.spam.verdicts import Cause, Verdict

__all__ = ["Cause", "KnownPeople", "SpamSettings", "Verdict"]
