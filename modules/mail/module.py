"""Mail: what messages are, the pages that list and show them, and what can be done with them."""

from core import Module, Policy
from modules.mail.letters import FileStrip, Letter
from modules.mail.results import Conversation, MessageList, MessageView

_MESSAGE = "/mail/<account>/<path:mailbox>/<uid>"

module = Module("mail")

first_page = module.page("first", "/mail/")
list_page = module.page("list", "/mail/<account>/<path:mailbox>/")
message_page = module.page("message", "/mail/<account>/<path:mailbox>/<uid>")
act_page = module.page("act", "/mail/<account>/<path:mailbox>/messages", method="POST")
empty_page = module.page("empty", "/mail/<account>/<path:mailbox>/empty", method="POST")
changes_page = module.page("changes", "/mail/<account>/<path:mailbox>/changes")
# The text of one message is written by its sender at one time, beside no token of a form and nothing of the request.
frame_page = module.page(
    "frame", f"{_MESSAGE}/frame", layout=None, policy=Policy.MAIL, compressed=True, within=_MESSAGE
)
remote_frame_page = module.page(
    "remote-frame",
    f"{_MESSAGE}/frame/remote",
    layout=None,
    policy=Policy.MAIL,
    compressed=True,
    within=_MESSAGE,
)
# Scripts ask for it ahead: that is nobody's activity.
empty_frame_page = module.page("empty-frame", "/mail-frame", layout=None, policy=Policy.MAIL, background=True)
allow_page = module.page("allow-images", "/mail/<account>/<path:mailbox>/<uid>/images", method="POST")
headers_page = module.page("headers", "/mail/<account>/<path:mailbox>/<uid>/headers")
print_page = module.page("print", "/mail/<account>/<path:mailbox>/<uid>/print", layout="bare.html")
enclosed_page = module.page("enclosed", "/mail/<account>/<path:mailbox>/<uid>/part/<number>/message")
enclosed_frame_page = module.page(
    "enclosed-frame",
    f"{_MESSAGE}/part/<number>/message/frame",
    layout=None,
    policy=Policy.MAIL,
    compressed=True,
    within=_MESSAGE,
)
enclosed_remote_frame_page = module.page(
    "enclosed-remote-frame",
    f"{_MESSAGE}/part/<number>/message/frame/remote",
    layout=None,
    policy=Policy.MAIL,
    compressed=True,
    within=_MESSAGE,
)
enclosed_print_page = module.page(
    "enclosed-print", "/mail/<account>/<path:mailbox>/<uid>/part/<number>/message/print", layout="bare.html"
)
enclosed_archive_page = module.page(
    "enclosed-attachments",
    f"{_MESSAGE}/part/<number>/message/attachments.zip",
    policy=Policy.FILE,
    within=_MESSAGE,
)
source_page = module.page("source", f"{_MESSAGE}/source", policy=Policy.FILE, within=_MESSAGE)
part_page = module.page("part", f"{_MESSAGE}/part/<number>", policy=Policy.FILE, within=_MESSAGE)
files_page = module.page("files", "/mail/<account>/<path:mailbox>/<uid>/files")
archive_page = module.page("attachments", f"{_MESSAGE}/attachments.zip", policy=Policy.FILE, within=_MESSAGE)

list_slot = module.slot("list", offers=MessageList)
rows_slot = module.slot("rows", offers=MessageList)
reading_slot = module.slot("reading", offers=Letter)
parts_slot = module.slot("message.parts", offers=Letter)
files_slot = module.slot("message.files", offers=FileStrip)
sender_slot = module.slot("message.sender", offers=MessageView)
notices_slot = module.slot("message.notices", offers=MessageView)
details_slot = module.slot("message.details", offers=MessageView)
tools_slot = module.slot("message.tools", offers=MessageView)
menu_slot = module.slot("message.menu", offers=MessageView)
conversation_slot = module.slot("conversation", offers=Conversation)
