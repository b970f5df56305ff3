"""What passkeys and codes have to do with each other: either is enough, and each shows the way to the other."""

from core import Candidate, Fragment
from modules.passkeys.factors import OtherFactor
from modules.passkeys.module import module
from modules.passkeys.results import KeyInstead
from modules.passkeys.store import Passkeys
from modules.twofactor.api import SecondFactors, TwofactorConfig, code_page, other_slot


@module.service
def know_codes(factors: SecondFactors, config: TwofactorConfig) -> OtherFactor:
    """Codes, as passkeys have to know them."""
    return OtherFactor(code_page.rule, lambda name: factors.made(name) is not None, config.requires)


@module.handler(code_page)
def offer_key(candidate: Candidate, passkeys: Passkeys) -> KeyInstead | None:
    """Whether the candidate may use a passkey in place of a code."""
    return KeyInstead() if passkeys.is_asked(candidate.name) else None


@module.output(other_slot)
def show_key(offer: KeyInstead) -> Fragment:
    """The way from the code to the passkey."""
    return Fragment.of("passkeys/other.html")
