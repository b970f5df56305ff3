"""Compose: what other modules may use of it, such as to offer more addresses to send as."""

from modules.compose.message import AtSending, File, Outgoing, Priority, build_message, make_message_id, recipients
from modules.compose.module import compose_page, draft_page, recipients_slot, send_page
from modules.compose.recipients import read_recipients, write_recipients
from modules.compose.results import BodyFormat, ComposeForm, DraftSaved, Mode, SendingIdentity, Sent
from modules.compose.settings import ComposeSettings

__all__ = [
    "AtSending",
    "BodyFormat",
    "ComposeForm",
    "ComposeSettings",
    "DraftSaved",
    "File",
    "Mode",
    "Outgoing",
    "Priority",
    "SendingIdentity",
    "Sent",
    "build_message",
    "compose_page",
    "draft_page",
    "make_message_id",
    "read_recipients",
    "recipients",
    "recipients_slot",
    "send_page",
    "write_recipients",
]
