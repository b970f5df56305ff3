"""Trust: what other modules may use of it, such as to check signatures."""

from modules.trust.memory import Memory
from modules.trust.results import (
    Acquaintance,
    Check,
    Doubt,
    SenderTruth,
    Signature,
    SignatureCheck,
    Signatures,
    Weight,
)
from modules.trust.vouching import Vouching

__all__ = [
    "Acquaintance",
    "Check",
    "Doubt",
    "Memory",
    "SenderTruth",
    "Signature",
    "SignatureCheck",
    "Signatures",
    "Vouching",
    "Weight",
]
