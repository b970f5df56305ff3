"""What trust shows around an open message."""

from core import Fragment
from modules.mail.api import details_slot, notices_slot, sender_slot
from modules.trust.module import module
from modules.trust.results import Acquaintance, SenderTruth, Weight


@module.output(sender_slot)
def show_sender(truth: SenderTruth | None, known: Acquaintance | None) -> Fragment | None:
    """Beside the sender: that they were confirmed, and that they are new."""
    believed = truth if truth is not None and (truth.confirmed or truth.signed) and not truth.is_doubtful else None
    first = known is not None and known.first
    return Fragment.of("trust/sender.html", believed=believed, first=first) if believed or first else None


@module.output(notices_slot)
def show_doubts(truth: SenderTruth | None, known: Acquaintance | None) -> Fragment | None:
    """Above the message: what is not as it seems."""
    heard = truth.doubts if truth is not None else ()
    doubts = (*(known.doubts if known is not None else ()), *heard)
    shown = tuple(dict.fromkeys(doubt for doubt in doubts if doubt.weight is not Weight.NOTE))
    return Fragment.of("trust/doubts.html", doubts=shown) if shown else None


@module.output(details_slot)
def show_details(truth: SenderTruth | None) -> Fragment | None:
    """Among the details: what was checked, and what is good to know."""
    if truth is None:
        return None
    notes = tuple(doubt for doubt in truth.doubts if doubt.weight is Weight.NOTE)
    return Fragment.of("trust/details.html", truth=truth, notes=notes)
