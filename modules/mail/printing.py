"""The handlers for messages on paper. Where texts have a host of their own, a frame of them would print cut off."""

from dataclasses import replace

from core import Redirect, Visit
from modules.mail.headers import read_envelope
from modules.mail.inputs import PaperAsked
from modules.mail.letters import BodyKind, EnclosedView
from modules.mail.module import (
    enclosed_frame_page,
    enclosed_print_page,
    enclosed_remote_frame_page,
    frame_page,
    module,
    print_page,
    remote_frame_page,
)
from modules.mail.opening import Body, Opened, Paper
from modules.mail.results import MessageView


@module.handler(frame_page, remote_frame_page, enclosed_frame_page, enclosed_remote_frame_page)
def read_body(opened: Opened, asked: PaperAsked) -> Body:
    """What the frame shows, or the document that is printed."""
    if not asked.paper:
        return opened.body
    return replace(opened.body, paper=Paper(read_envelope(opened.letter.header), opened.attachments))


@module.handler(print_page)
def print_apart(message: MessageView, visit: Visit) -> Redirect | None:
    """Lead to the whole message as one document, where its frame could not be printed."""
    return _document(message, visit)


@module.handler(enclosed_print_page)
def print_enclosed_apart(message: EnclosedView, visit: Visit) -> Redirect | None:
    """The same for a message within a message."""
    return _document(message, visit)


def _document(message: MessageView | EnclosedView, visit: Visit) -> Redirect | None:
    if visit.content is None or message.kind is BodyKind.NONE:
        return None
    return Redirect(message.paper_document)
