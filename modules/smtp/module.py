"""SMTP: hands outgoing mail to a submission server, with the name and password of whoever sends it."""

from core import Module
from modules.smtp.access import offer_submission, open_submission
from modules.smtp.config import SmtpConfig
from modules.smtp.connection import try_server

module = Module("smtp", requires=("mail",))
module.config(SmtpConfig)
module.check("host")(try_server)
module.service(open_submission)
module.service(offer_submission)
