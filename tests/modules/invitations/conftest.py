"""A logged-in browser on a real mail server, and the mail store alone."""

from tests.modules.imap.conftest import boxes
from tests.modules.mail.conftest import webmail

__all__ = ["boxes", "webmail"]
