"""Invitations: what the calendar parts of a message say, as a card."""

from core import Module

module = Module("invitations", requires=("mail",))
