"""ClamAV: has files looked through for viruses before they are sent, and before they are saved."""

from core import Module
from modules.clamav.config import ClamavConfig
from modules.clamav.scanner import ClamScanner
from modules.mail.api import VirusScanner

module = Module("clamav", requires=("mail",), on=False)
module.config(ClamavConfig)


@module.service
def offer_scanner(config: ClamavConfig) -> VirusScanner:
    """What mail and compose have files checked by."""
    return ClamScanner(config)
