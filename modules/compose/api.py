"""Compose: what other modules may use of it, such as to offer more addresses to send as."""

from modules.compose.after import keep_copy, tell_listeners
from modules.compose.message import (
    AtSending,
    CalendarPart,
    File,
    Outgoing,
    Priority,
    build_message,
    make_message_id,
    recipients,
)
from modules.compose.module import compose_page, draft_page, recipients_slot, send_page
from modules.compose.once import SentOnce
from modules.compose.recipients import read_recipients, write_recipients
from modules.compose.results import BodyFormat, ComposeForm, DraftSaved, Mode, SendingIdentity, Sent
from modules.compose.settings import ComposeSettings
from modules.compose.uploads import Token

__all__ = [
    "AtSending",
    "BodyFormat",
    "CalendarPart",
    "ComposeForm",
    "ComposeSettings",
    "DraftSaved",
    "File",
    "Mode",
    "Outgoing",
    "Priority",
    "SendingIdentity",
    "Sent",
    "SentOnce",
    "Token",
    "build_message",
    "compose_page",
    "draft_page",
    "keep_copy",
    "make_message_id",
    "read_recipients",
    "recipients",
    "recipients_slot",
    "send_page",
    "tell_listeners",
    "write_recipients",
]
