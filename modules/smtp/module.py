"""SMTP: hands outgoing mail to a submission server, with the name and password of whoever sends it."""

from core import Module
from modules.smtp.access import offer_submission, open_submission
from modules.smtp.config import SmtpConfig

module = Module("smtp", requires=("mail",))
module.config(SmtpConfig)
module.service(open_submission)
module.service(offer_submission)
