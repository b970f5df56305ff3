"""TNEF: what Outlook packs into winmail.dat is listed, saved and read like any other part of a message."""

from core import Module, Policy

_MESSAGE = "/mail/<account>/<path:mailbox>/<uid>"

module = Module("tnef", requires=("mail",))

file_page = module.page("file", f"{_MESSAGE}/part/<number>/packed/<at>", policy=Policy.FILE, within=_MESSAGE)
ask_page = module.page("ask", f"{_MESSAGE}/part/<number>/packed/<at>/ask")
