"""vCards: what the contact cards of a message say, as cards."""

from core import Module

module = Module("vcards", requires=("mail",))
