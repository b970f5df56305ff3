"""Mtasts: says beside the recipients of a message whose servers take mail over verified encryption only (MTA-STS)."""

from core import Module
from modules.mtasts.config import MtaStsConfig
from modules.mtasts.services import open_policies

module = Module("mtasts", requires=("compose",), on=False)
delivery_page = module.page("delivery", "/compose/delivery")

module.config(MtaStsConfig)
module.shared(open_policies)
