"""TNEF: what Outlook packs into winmail.dat is listed, saved and read like any other part of a message."""

from core import Module, Policy

module = Module("tnef", requires=("mail",))

file_page = module.page("file", "/mail/<account>/<path:mailbox>/<uid>/part/<number>/packed/<at>", policy=Policy.FILE)
ask_page = module.page("ask", "/mail/<account>/<path:mailbox>/<uid>/part/<number>/packed/<at>/ask")
