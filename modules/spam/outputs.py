"""What spam shows: why a message is where it is, and the ways to block its sender."""

from core import Fragment, Sentence
from modules.mail.api import details_slot, menu_slot, notices_slot
from modules.spam.module import ask_page, module
from modules.spam.results import Blockable, Blocking, Explained, Opinion


@module.output(notices_slot)
def show_explanation(explained: Explained | None) -> Fragment | None:
    """Above the message: why it is in Junk, or looks as if it should be."""
    return Fragment.of("spam/explained.html", explained=explained) if explained is not None else None


@module.output(details_slot)
def show_opinion(opinion: Opinion | None) -> Fragment | None:
    """Among the details: what the server's filter says."""
    return Fragment.of("spam/opinion.html", opinion=opinion) if opinion is not None else None


@module.output(menu_slot)
def show_way_to_block(blockable: Blockable | None) -> Fragment | None:
    """In the message's menu."""
    return Fragment.of("spam/menu.html", blockable=blockable) if blockable is not None else None


@module.output(ask_page.body)
def show_blocking(blocking: Blocking) -> Fragment:
    """The page that asks whom to block."""
    return Fragment.titled("spam/block.html", Sentence("Block the sender"), blocking=blocking)
