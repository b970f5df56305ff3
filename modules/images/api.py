"""Images: what other modules may use of it: the way to web servers that nobody trusts."""

from modules.images.addresses import ImageAddress
from modules.images.errors import NotShown, Silent
from modules.images.web import Web

__all__ = ["ImageAddress", "NotShown", "Silent", "Web"]
