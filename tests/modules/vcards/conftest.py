"""A logged-in browser on a real mail server."""

from tests.modules.mail.conftest import webmail

__all__ = ["webmail"]
