"""Twofactor: what other modules may use of it, so that their second factors stand beside codes."""

from modules.twofactor.module import TwofactorConfig, code_page, codes_page, other_slot, setup_page
from modules.twofactor.results import CodeForm
from modules.twofactor.store import SecondFactors

__all__ = ["CodeForm", "SecondFactors", "TwofactorConfig", "code_page", "codes_page", "other_slot", "setup_page"]
