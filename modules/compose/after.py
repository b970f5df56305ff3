"""What follows every message that went out, whichever page sent it: a copy in Sent, and word to whoever listens."""

import logging
from collections.abc import Iterable

from core import Refusal, UpstreamError
from modules.compose.filing import file_message
from modules.compose.message import AtSending, Outgoing, own_copy
from modules.mail.api import SEEN, MailStore, Role

log = logging.getLogger("hm3.compose")


def keep_copy(outgoing: Outgoing, sent: bytes, store: MailStore) -> None:
    """Keep a copy of the octets that were sent in Sent, with their Bcc.

    Raises what the mail store raises; the message is out all the same.
    """
    file_message(store, Role.SENT, own_copy(outgoing, sent), [SEEN], outgoing.date)


def tell_listeners(outgoing: Outgoing, listeners: Iterable[AtSending]) -> None:
    """Tell each of them; what one of them raises is logged, for the message is out."""
    for listener in listeners:
        try:
            listener.tell(outgoing)
        except (UpstreamError, Refusal) as error:
            log.warning("after sending: %s", error)
