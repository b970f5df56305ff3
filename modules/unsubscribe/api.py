"""Unsubscribe: what other modules may use of it."""

from modules.unsubscribe.model import FIELDS, Ways, read_ways
from modules.unsubscribe.module import ask_page
from modules.unsubscribe.results import NotTaken, OneClick

__all__ = ["FIELDS", "NotTaken", "OneClick", "Ways", "ask_page", "read_ways"]
