"""What unsubscribe shows: the button beside the sender, and the page that asks."""

from core import Fragment, Sentence
from modules.mail.api import sender_slot
from modules.unsubscribe.module import ask_page, module
from modules.unsubscribe.results import Leaving, Offered


@module.output(sender_slot)
def show_offer(offered: Offered | None) -> Fragment | None:
    """Beside the sender: the way out."""
    return Fragment.of("unsubscribe/offer.html", offered=offered) if offered is not None else None


@module.output(ask_page.body)
def show_ways(leaving: Leaving) -> Fragment:
    """All ways."""
    return Fragment.titled("unsubscribe/leave.html", Sentence("Unsubscribe"), leaving=leaving)
