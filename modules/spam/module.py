"""Spam: what users report is learned and told to others, senders are blocked, and what looks like spam is put aside."""

from core import Module
from modules.spam.config import SpamConfig

module = Module("spam", requires=("mail",))

module.config(SpamConfig)
