"""Spam: what users report is learned and told to others, senders are blocked, and what looks like spam is put aside."""

from core import Module
from modules.spam.config import SpamConfig

module = Module("spam", requires=("mail",))

sift_page = module.page("sift", "/mail/<account>/<path:mailbox>/sift", method="POST")
ask_page = module.page("ask", "/mail/<account>/<path:mailbox>/<uid>/block")
block_page = module.page("block", "/mail/<account>/<path:mailbox>/<uid>/block", method="POST", retry=ask_page)
unblock_page = module.page("unblock", "/spam/unblock", method="POST")

module.config(SpamConfig)
