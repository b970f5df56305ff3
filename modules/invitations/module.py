"""Invitations: what the calendar parts of a message say, as a card, and the answer to them."""

from core import Module, Rate
from modules.mail.api import message_page

module = Module("invitations", requires=("mail",))

answer_page = module.page(
    "answer", "/mail/<account>/<path:mailbox>/<uid>/invitation", method="POST", retry=message_page, rate=Rate.SEND
)
