"""SMTP: what other modules may use of it, such as to send as another account of a user's."""

from modules.smtp.access import Route, SubmissionAccess
from modules.smtp.client import SmtpSubmission
from modules.smtp.config import Authentication, SaslMechanism, SmtpConfig
from modules.smtp.connection import Credentials, open_connection

__all__ = [
    "Authentication",
    "Credentials",
    "Route",
    "SaslMechanism",
    "SmtpConfig",
    "SmtpSubmission",
    "SubmissionAccess",
    "open_connection",
]
