"""What is shown of delivery: below the recipients of a message, and on a page of its own."""

from core import Fragment, Sentence
from modules.compose.api import recipients_slot
from modules.mtasts.module import delivery_page, module
from modules.mtasts.results import Deliveries


@module.output(recipients_slot)
def show_below(deliveries: Deliveries) -> Fragment:
    """Whose servers require encryption, as far as that is known; scripts bring the rest."""
    required = tuple(one for one in deliveries.found if one.required)
    return Fragment.of("mtasts/recipients.html", required=required)


@module.output(delivery_page.body)
def show_page(deliveries: Deliveries) -> Fragment:
    """The page on which anybody's server can be asked about."""
    return Fragment.titled("mtasts/delivery.html", Sentence("Encrypted delivery"), deliveries=deliveries)


@module.output(delivery_page.data)
def tell(deliveries: Deliveries) -> Deliveries:
    """The same for scripts."""
    return deliveries
