"""SMTP: what other modules may use of it, such as to send as another account of a user's."""

from modules.smtp.client import SmtpSubmission
from modules.smtp.config import Authentication, SmtpConfig
from modules.smtp.connection import Credentials

__all__ = ["Authentication", "Credentials", "SmtpConfig", "SmtpSubmission"]
