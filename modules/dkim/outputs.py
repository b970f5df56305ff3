"""What dkim shows among the details of an open message."""

from core import Fragment
from modules.dkim.module import module
from modules.mail.api import MessageView, details_slot
from modules.trust.api import Signatures


@module.output(details_slot)
def show_signatures(signatures: Signatures | None, view: MessageView) -> Fragment:
    """The signatures, how each of them ended, and why."""
    return Fragment.of("dkim/details.html", signatures=signatures, path=view.path)
