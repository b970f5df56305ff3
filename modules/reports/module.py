"""Reports: what mail servers and programs report about a message, told in words."""

from core import Module

module = Module("reports", requires=("mail",))
