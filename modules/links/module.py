"""Links of messages: where they really lead, what is odd about that, and a page before they lead away."""

from core import Module, Policy

module = Module("links", requires=("mail",))

leave_page = module.page("leave", "/leave", layout="bare.html", policy=Policy.AWAY)
