"""Throttle: what other modules may use of it."""

from modules.throttle.services import Throttle

__all__ = ["Throttle"]
