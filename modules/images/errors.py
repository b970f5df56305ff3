"""Why an image is not shown."""

from core import WebmailError


class NotShown(WebmailError):
    """An image cannot be had, or is none. The reason is for the log alone: people see the same picture for all."""


class Silent(NotShown):
    """A server does not answer in time."""
