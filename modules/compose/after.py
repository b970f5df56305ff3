"""What follows every message that went out, whichever page sent it: a copy in Sent, and word to whoever listens."""

import logging
from collections.abc import Iterable
from dataclasses import replace

from core import Refusal, UpstreamError
from modules.compose.message import AtSending, Outgoing, build_message
from modules.mail.api import SEEN, MailStore, Role

log = logging.getLogger("hm3.compose")


def keep_copy(outgoing: Outgoing, store: MailStore) -> None:
    """Keep a copy in Sent, with its Bcc. Raises what the mail store raises; the message is out all the same."""
    sent = store.role_mailbox(Role.SENT, create=True)
    if sent is not None:
        store.append(sent, build_message(replace(outgoing, keep_bcc=True)), [SEEN], outgoing.date)


def tell_listeners(outgoing: Outgoing, listeners: Iterable[AtSending]) -> None:
    """Tell each of them; what one of them raises is logged, for the message is out."""
    for listener in listeners:
        try:
            listener.tell(outgoing)
        except (UpstreamError, Refusal) as error:
            log.warning("after sending: %s", error)
