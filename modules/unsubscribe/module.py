"""Unsubscribe: the ways out of a mailing list that a message names, and the one that needs a single click here."""

from core import Module, Rate

module = Module("unsubscribe", requires=("mail", "trust"))

ask_page = module.page("ask", "/mail/<account>/<path:mailbox>/<uid>/unsubscribe")
leave_page = module.page(
    "leave", "/mail/<account>/<path:mailbox>/<uid>/unsubscribe", method="POST", retry=ask_page, rate=Rate.SEND
)
