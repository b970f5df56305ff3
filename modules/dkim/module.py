"""Dkim: checks by itself whether messages are signed by a domain and unchanged, instead of believing a mail server."""

from core import Module
from modules.dkim.config import DkimConfig
from modules.dkim.services import keep_findings, offer_check, open_checker, open_names

module = Module("dkim", requires=("mail", "trust"), on=False)
module.config(DkimConfig)
module.shared(open_names)
module.shared(keep_findings)
module.service(open_checker)
module.service(offer_check)
