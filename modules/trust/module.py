"""Trust: says in words what about the sender of a message is not as it seems, and what its mail server found out."""

from core import Module
from modules.trust.config import TrustConfig

module = Module("trust", requires=("mail",))
module.config(TrustConfig)
